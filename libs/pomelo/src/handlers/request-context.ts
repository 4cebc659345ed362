import { AsyncLocalStorage } from 'node:async_hooks';
import type { ClientMessage } from '../connectors/connector.interface.js';
import { transportOf, type FrontendSession } from '../sessions/frontend-session.js';
import type { CompiledHandler } from './handler-table.js';
import { promiseOf } from './promise-of.js';

/** The message for which the running code works. Nothing in here comes from a client's text. */
export interface RequestContext {
  readonly route: string;
  /** `ClassName.method`. */
  readonly handler: string;
  readonly sessionId: string;
  /** `tcp`, `ws`, or the name of another connector. */
  readonly transport: string;
}

const requests = new AsyncLocalStorage<RequestContext>();

/**
 * The message whose handler, guard, pipe, filter or interceptor is running, or began what is running: for loggers.
 * `undefined` everywhere unless the option `trackRequests` is set, and in `queueMicrotask` callbacks, which Node 20 does
 * not follow. What a message opened and others use, as a pool of connections, stays with that message.
 */
export function currentRequest(): RequestContext | undefined {
  return requests.getStore();
}

/** Calls a handler; everything that it begins knows the message. A stream begins when somebody listens to it, which is here. */
export function invokeTracked(
  session: FrontendSession,
  { route, name, invoke }: CompiledHandler,
  message: ClientMessage,
): unknown {
  const context = { route, handler: name, sessionId: session.id, transport: transportOf(session) };
  return requests.run(context, () => {
    const result = invoke(session.view(), message.body, message, route);
    return promiseOf(result) ?? result;
  });
}
