import type { Middleware } from 'koa';
import type { Principal } from './ports.ts';

/** `principal` is there on every route behind `authenticate`; `route` once it is known which of the registry's answers. */
export type State = { correlationId: string; traceParent: string | null; principal: Principal; route?: string };
export type Handler = Middleware<State>;
