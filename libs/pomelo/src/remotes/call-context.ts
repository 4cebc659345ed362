import { AsyncLocalStorage } from 'node:async_hooks';
import type { FrameContext } from '../cluster/frames.js';

/** Made when somebody needs it: from then on every promise of the process costs a little more. */
let storage: AsyncLocalStorage<FrameContext> | undefined;

/**
 * Runs `work` with values that travel with every call, and every forwarded request, that it makes: trace and span ids, a
 * tenant, a locale. They are added to those that are there already. Each server reads them with {@link callContext}.
 *
 * @example await runWithContext({ traceparent }, () => this.chat.for(session).add(uid));
 */
export function runWithContext<T>(values: FrameContext, work: () => T): T {
  storage ??= new AsyncLocalStorage();
  return storage.run({ ...storage.getStore(), ...values }, work);
}

/** The values that travel with what is being done; empty when there are none. */
export function callContext(): FrameContext {
  return storage?.getStore() ?? NOTHING;
}

/** The values to send along, if any; for the call layer. */
export function travellingContext(): [FrameContext] | [] {
  const context = storage?.getStore();
  return context === undefined ? [] : [context];
}

/** Runs what a call from another server asks for, with what came along; for the call layer. */
export function runWithTravelled<T>(context: FrameContext | undefined, work: () => T): T {
  return context === undefined ? work() : runWithContext(context, work);
}

const NOTHING: FrameContext = Object.freeze({});
