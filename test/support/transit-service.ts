import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';

type Asked = {
  readonly plaintext?: string;
  readonly associated_data?: string;
  readonly batch_input?: readonly { readonly ciphertext: string; readonly associated_data: string }[];
};

/** Does what Vault's transit engine does of the two requests we make of it. */
export const transitService = (token: string): Server => {
  const master = randomBytes(32);
  const seal = (plaintext: string, aad: string): string => {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', master, iv).setAAD(Buffer.from(aad, 'base64'));
    return `vault:v1:${Buffer.concat([iv, cipher.update(plaintext, 'base64'), cipher.final(), cipher.getAuthTag()]).toString('base64')}`;
  };
  const open = (ciphertext: string, aad: string): string => {
    const bytes = Buffer.from(ciphertext.slice('vault:v1:'.length), 'base64');
    const decipher = createDecipheriv('aes-256-gcm', master, bytes.subarray(0, 12))
      .setAAD(Buffer.from(aad, 'base64'))
      .setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('base64');
  };
  return createServer((request, response) => {
    const answer = (status: number, body: object): void => void response.writeHead(status).end(JSON.stringify(body));
    void (async () => {
      const asked = (await json(request)) as Asked;
      if (request.headers['x-vault-token'] !== token) return answer(403, { errors: ['permission denied'] });
      try {
        if (request.url === '/v1/transit/encrypt/brigade')
          return answer(200, { data: { ciphertext: seal(asked.plaintext ?? '', asked.associated_data ?? ''), key_version: 1 } });
        if (request.url === '/v1/transit/decrypt/brigade')
          return answer(200, {
            data: { batch_results: asked.batch_input?.map((one) => ({ plaintext: open(one.ciphertext, one.associated_data) })) },
          });
        return answer(404, { errors: [] });
      } catch {
        return answer(400, { errors: ['cipher: message authentication failed'] });
      }
    })();
  });
};
