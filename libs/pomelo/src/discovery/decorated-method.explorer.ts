import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { PomeloConfigException } from '../errors/pomelo.exception.js';
import type { EntryMethod } from './method-compiler.js';

/** A decorated method together with what its decorators said. */
export interface Annotated extends EntryMethod {
  /** Value of the decorator on the class; `undefined` when it has none. */
  readonly onClass: string | undefined;
  /** Value of the decorator on the method. */
  readonly onMethod: string;
  /** `ClassName.method`, for sentences and logs. */
  readonly name: string;
}

/** Finds decorated methods of providers, and refuses those that hide in controllers. */
@Injectable()
export class DecoratedMethodExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /**
   * Every method of every provider that carries `metadataKey`.
   *
   * @throws PomeloConfigException `HANDLER_IN_CONTROLLERS`: Nest skips class guards there.
   */
  explore(metadataKey: string, decorator: string): Annotated[] {
    for (const wrapper of this.discovery.getControllers()) {
      if (this.methodsOf(wrapper, metadataKey).length > 0) {
        throw new PomeloConfigException('HANDLER_IN_CONTROLLERS', { handler: wrapper.name, decorator });
      }
    }
    const seen = new Set<unknown>();
    return this.discovery.getProviders().flatMap((wrapper) => {
      // The same instance under two tokens (useExisting) is one handler.
      if (wrapper.isAlias || seen.has(wrapper.instance ?? wrapper)) return [];
      seen.add(wrapper.instance ?? wrapper);
      return this.methodsOf(wrapper, metadataKey);
    });
  }

  /**
   * As {@link explore}, for methods that are called without a message.
   *
   * @throws PomeloConfigException `LISTENER_NOT_STATIC` when the provider is made anew for every message.
   */
  exploreStatic(metadataKey: string, decorator: string): Annotated[] {
    const found = this.explore(metadataKey, decorator);
    const scoped = found.find(({ wrapper }) => !wrapper.isDependencyTreeStatic());
    if (scoped === undefined) return found;
    throw new PomeloConfigException('LISTENER_NOT_STATIC', { handler: scoped.name, decorator });
  }

  /** Every class and every method of a provider that carries `metadataKey`, whatever its value; `method` is absent for a class. */
  *carriersOf(metadataKey: string): Generator<{ readonly prototype: object; readonly method?: string }> {
    for (const wrapper of this.discovery.getProviders()) {
      const prototype = prototypeOf(wrapper);
      if (prototype === undefined) continue;
      if (Reflect.hasMetadata(metadataKey, prototype.constructor)) yield { prototype };
      for (const method of this.scanner.getAllMethodNames(prototype)) {
        const callback: unknown = Reflect.get(prototype, method);
        if (typeof callback === 'function' && Reflect.hasMetadata(metadataKey, callback))
          yield { prototype, method };
      }
    }
  }

  private methodsOf(wrapper: InstanceWrapper, metadataKey: string): Annotated[] {
    const prototype = prototypeOf(wrapper);
    if (prototype === undefined) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((method) => {
      const callback: unknown = Reflect.get(prototype, method);
      const onMethod: unknown =
        typeof callback === 'function' ? Reflect.getMetadata(metadataKey, callback) : undefined;
      if (typeof onMethod !== 'string') return [];
      const onClass = Reflect.getMetadata(metadataKey, prototype.constructor) as string | undefined;
      return [{ wrapper, method, onClass, onMethod, name: `${prototype.constructor.name}.${method}` }];
    });
  }
}

function prototypeOf({ instance, metatype }: InstanceWrapper): object | undefined {
  if (typeof instance === 'object' && instance !== null)
    return Object.getPrototypeOf(instance) as object | undefined;
  return typeof metatype === 'function' ? (metatype.prototype as object | undefined) : undefined;
}
