import type { Annotated } from '../discovery/decorated-method.explorer.js';
import { checkOptional, refuseOption, refuseUnknown } from '../options/option-checks.js';
import { HANDLER_OPTIONS_METADATA } from './handler.decorator.js';
import { SERIAL_METADATA } from './serial.decorator.js';

/**
 * When the next message of a session is handed over: `start` when the one before has begun, `session` when the one before
 * with this order has been answered or has ended, wherever in the cluster it is handled.
 */
export type HandlerOrder = 'start' | 'session';

/** Options of `@Handler`. */
export interface HandlerOptions {
  /** Order of the messages to this handler. Default: that of the module, which is `start`. */
  readonly order?: HandlerOrder;
  /** Handled also while the server sheds load. Default false. */
  readonly essential?: boolean;
}

/** What the decorators of a handler say beside its route. */
export interface HandlerTraits extends HandlerOptions {
  readonly serial: boolean;
}

/** Reads what stands on a method, and on its class. Throws `OPTION_INVALID`. */
export function traitsOf(found: Annotated): HandlerTraits {
  const { host, callback } = targetsOf(found);
  const options = { ...optionsOn(host, found.name), ...optionsOn(callback, found.name) };
  return {
    ...options,
    serial: [host, callback].some((target) => Reflect.hasMetadata(SERIAL_METADATA, target)),
  };
}

/** Checks an order; `undefined` passes. Throws `OPTION_INVALID`. */
export function checkOrder(option: string, order: HandlerOrder | undefined): void {
  if (order === undefined || order === 'start' || order === 'session') return;
  refuseOption(option, order, '"start" or "session"', 'Leave it out for "start".');
}

function optionsOn(target: object, name: string): HandlerOptions {
  const options = (Reflect.getMetadata(HANDLER_OPTIONS_METADATA, target) ?? {}) as HandlerOptions;
  const prefix = `@Handler of ${name}: `;
  refuseUnknown(options, ['order', 'essential'], prefix);
  checkOrder(`${prefix}order`, options.order);
  checkOptional(`${prefix}essential`, options.essential, 'boolean');
  return options;
}

function targetsOf({ wrapper, method }: Annotated): { host: object; callback: object } {
  const { instance, metatype } = wrapper;
  const prototype = (
    instance === null || instance === undefined ? metatype?.prototype : Object.getPrototypeOf(instance)
  ) as {
    constructor: object;
  };
  return { host: prototype.constructor, callback: Reflect.get(prototype, method) as object };
}
