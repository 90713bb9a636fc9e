import type { ParameterizedContext } from 'koa';
import { networkOf } from './client-address.ts';
import type { State } from './context.ts';
import type { Origin } from './ports.ts';

/** The prefix, which only comes with TLS, keeps other hosts of the domain from setting it. */
const deviceCookie = (secure: boolean): string => (secure ? '__Host-brigade_device' : 'brigade_device');
const YEAR_MS = 365 * 86_400_000;

type Context = Pick<ParameterizedContext<State>, 'state' | 'ip' | 'cookies' | 'secure'>;

export const originOf = ({ state, ip, cookies, secure }: Context): Origin => ({
  correlationId: state.correlationId,
  traceParent: state.traceParent,
  address: networkOf(ip),
  device: cookies.get(deviceCookie(secure)) ?? null,
});

/** It opens nothing: it only tells a device that was logged in on before from a stranger's. */
export const keepDevice = ({ cookies, secure }: Context, device: string): void => {
  cookies.set(deviceCookie(secure), device, {
    httpOnly: true,
    sameSite: 'strict',
    secure,
    path: secure ? '/' : '/api/v1/auth',
    maxAge: YEAR_MS,
    overwrite: true,
  });
};
