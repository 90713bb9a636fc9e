import type { Middleware } from 'koa';
import type { Principal } from './ports.ts';

/** `principal` is there on every route behind `authenticate`. */
export type State = { correlationId: string; traceParent: string | null; principal: Principal };
export type Handler = Middleware<State>;
