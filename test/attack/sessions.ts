import type { TokenPair } from '../../src/http/ports.ts';
import { attack, unlessRefused, type Area } from './attack.ts';
import type { Room } from './room.ts';

const refresh = (room: Room, token: string) => room.server.nobody<TokenPair>('POST', '/auth/refresh', { body: { refresh_token: token } });

const flipped = (token: string, at: number): string => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);

export const sessionTheft: Area = {
  name: 'stolen and raced sessions',
  attacks: [
    ...[2, 5, 20].map((many) =>
      attack(`${many} exchanges of one refresh token at once`, async (room) => {
        const { tokens } = await room.cook();
        const answers = await Promise.all(Array.from({ length: many }, () => refresh(room, tokens.refresh_token)));
        const children = new Set(answers.flatMap(({ status, body }) => (status === 200 ? [body.refresh_token] : [])));
        return children.size <= 1 ? null : `${children.size} children`;
      }),
    ),
    attack('the token before the last one, and then the last one', async (room) => {
      const { tokens } = await room.cook();
      const second = await refresh(room, tokens.refresh_token);
      const third = await refresh(room, second.body.refresh_token);
      const stolen = unlessRefused(await refresh(room, tokens.refresh_token), 401);
      return stolen ?? unlessRefused(await refresh(room, third.body.refresh_token), 401);
    }),
    attack('a refresh token after logout', async (room) => {
      const { tokens } = await room.cook();
      await room.server.nobody('POST', '/auth/logout', { body: { refresh_token: tokens.refresh_token } });
      return unlessRefused(await refresh(room, tokens.refresh_token), 401);
    }),
    attack('logging another out with a guessed secret', async (room) => {
      const { tokens } = await room.cook();
      await room.server.nobody('POST', '/auth/logout', { body: { refresh_token: flipped(tokens.refresh_token, 60) } });
      const { status } = await refresh(room, tokens.refresh_token);
      return status === 200 ? null : `the session is gone: ${status}`;
    }),
    ...[25, 40, 60].map((at) =>
      attack(`another secret, different at ${at}`, async (room) => {
        const { tokens } = await room.cook();
        return unlessRefused(await refresh(room, flipped(tokens.refresh_token, at)), 400, 401);
      }),
    ),
    attack('one session’s name with another’s secret', async (room) => {
      const [one, other] = [(await room.cook()).tokens.refresh_token, (await room.cook()).tokens.refresh_token];
      return unlessRefused(await refresh(room, one.slice(0, 22) + other.slice(22)), 400, 401);
    }),
    ...["' or true --", 'null', '[object Object]', '%00', '../../session', 'A'.repeat(64), 'A'.repeat(500)].map((text) =>
      attack(`the refresh token ${text.slice(0, 20)}`, async (room) => unlessRefused(await refresh(room, text), 400, 401)),
    ),
    attack('a token set by the client', async (room) => {
      const { email } = await room.cook();
      const body = { email, password: 'a long enough password', refresh_token: 'A'.repeat(64) };
      return unlessRefused(await room.server.nobody('POST', '/auth/login', { body }), 400);
    }),
    attack('the tokens of a user who was disabled', async (room) => {
      const { tokens, userId } = await room.cook();
      await room.pool.query('update users set disabled_at = now() where id = $1', [userId]);
      return unlessRefused(await refresh(room, tokens.refresh_token), 401);
    }),
  ],
};
