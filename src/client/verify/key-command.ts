import { parseArgs } from 'node:util';
import { connect } from '../api.ts';
import { loginFrom, LOGIN_HELP, LOGIN_OPTIONS } from '../arguments.ts';

export const KEY_HELP = `brigade log-key
  Prints the public key (PEM) that the log's heads are signed with now. Get it once, early, and keep it.
${LOGIN_HELP}`;

export const keyCommand = async (args: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> => {
  const { values } = parseArgs({ args: [...args], options: LOGIN_OPTIONS });
  const api = await connect(loginFrom(values, env), { signal });
  const { publicKey } = await api.get<{ readonly publicKey: { readonly pem: string } }>('audit/heads?limit=1');
  console.log(publicKey.pem.trimEnd());
  return 0;
};
