import { ENTRY_PROVIDER_WATERMARK } from '@nestjs/common/constants.js';
import type { HandlerOptions } from './handler-options.js';

/** Metadata key of {@link Handler}, on a class (route prefix) and on a method (its part of the route). */
export const HANDLER_METADATA = 'pomelo:handler';
/** Metadata key of the {@link HandlerOptions}, in the same places. */
export const HANDLER_OPTIONS_METADATA = 'pomelo:handler-options';

/**
 * Makes a method answer a route, and gives a class the prefix of its routes.
 *
 * On a class: `@Handler('connector.entryHandler')`, the first two parts of every route. On a method: `@Handler('enter')`,
 * the last part, by default the name of the method; in a class without a prefix the full route
 * `@Handler('connector.entryHandler.enter')`. The class is an ordinary provider, never a controller. Options of a class
 * are those of its methods, unless a method has its own.
 *
 * The value returned is the answer of a request; that of a notify is ignored.
 */
export function Handler(route = '', options: HandlerOptions = {}): ClassDecorator & MethodDecorator {
  return (target: object, _key?: string | symbol, descriptor?: PropertyDescriptor) => {
    const annotated = (descriptor === undefined ? target : descriptor.value) as object;
    const host = descriptor === undefined ? target : target.constructor;
    Reflect.defineMetadata(HANDLER_METADATA, route, annotated);
    Reflect.defineMetadata(HANDLER_OPTIONS_METADATA, options, annotated);
    // Nest attaches request-scoped global enhancers to entry providers only.
    Reflect.defineMetadata(ENTRY_PROVIDER_WATERMARK, true, host);
  };
}
