import type { ParameterizedContext } from 'koa';
import type { State } from './context.ts';
import type { Origin } from './ports.ts';

const DEVICE_COOKIE = 'brigade_device';
const YEAR_MS = 365 * 86_400_000;

type Context = Pick<ParameterizedContext<State>, 'state' | 'ip' | 'cookies' | 'secure'>;

export const originOf = ({ state, ip, cookies }: Context): Origin => ({
  correlationId: state.correlationId,
  traceParent: state.traceParent,
  address: ip,
  device: cookies.get(DEVICE_COOKIE) ?? null,
});

/** It opens nothing: it only tells a device that was logged in on before from a stranger's. */
export const keepDevice = ({ cookies, secure }: Context, device: string): void => {
  cookies.set(DEVICE_COOKIE, device, {
    httpOnly: true,
    sameSite: 'strict',
    secure,
    path: '/api/v1/auth',
    maxAge: YEAR_MS,
    overwrite: true,
  });
};
