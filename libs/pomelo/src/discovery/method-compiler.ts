import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { Injectable } from '@nestjs/common';
import { ContextIdFactory, ExternalContextCreator, ModuleRef } from '@nestjs/core';
import type { ParamsFactory } from '@nestjs/core/helpers/external-context-creator.js';
import { Injector } from '@nestjs/core/injector/injector.js';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { hasGlobalEnhancers, hasOwnEnhancers } from './enhancers.js';

/** A method of a provider that the framework calls. */
export interface EntryMethod {
  readonly wrapper: InstanceWrapper<object>;
  readonly method: string;
}

/** The method with its guards, interceptors, pipes and filters around it; gives a value or a promise. */
export type CompiledMethod<Args extends unknown[]> = (...args: Args) => unknown;

/** What differs between handlers and remotes. */
export interface CompileOptions<Args extends unknown[]> {
  readonly contextType: 'ws' | 'rpc';
  /** Picks decorated parameters; without it the arguments pass through. */
  readonly paramsFactory?: ParamsFactory;
  /** Calls the bare method, when no enhancer applies. */
  readonly direct: (instance: object, method: string) => CompiledMethod<Args>;
  /** What providers of request scope get as `REQUEST`. */
  readonly request: (args: Args) => object;
}

/** Compiles entry methods once, at start-up. A method without any enhancer is called directly. */
@Injectable()
export class MethodCompiler {
  private readonly injector = new Injector();

  constructor(
    private readonly contexts: ExternalContextCreator,
    private readonly modules: ModuleRef,
  ) {}

  compile<Args extends unknown[]>(
    { wrapper, method }: EntryMethod,
    options: CompileOptions<Args>,
  ): CompiledMethod<Args> {
    if (!wrapper.isDependencyTreeStatic()) return this.perMessage(wrapper, method, options);
    const { instance } = wrapper;
    const callback = methodOf(instance, method);
    const enhanced =
      hasGlobalEnhancers(this.contexts) || hasOwnEnhancers(instance.constructor, callback, method);
    return enhanced ? this.throughNest(instance, method, options) : options.direct(instance, method);
  }

  private throughNest<Args extends unknown[]>(
    instance: object,
    method: string,
    { contextType, paramsFactory }: CompileOptions<Args>,
    scope?: { contextId: { id: number }; inquirerId: string },
  ): CompiledMethod<Args> {
    return this.contexts.create(
      instance,
      methodOf(instance, method),
      method,
      ROUTE_ARGS_METADATA,
      paramsFactory,
      scope?.contextId,
      scope?.inquirerId,
      undefined,
      contextType,
    );
  }

  private perMessage<Args extends unknown[]>(
    wrapper: InstanceWrapper<object>,
    method: string,
    options: CompileOptions<Args>,
  ): CompiledMethod<Args> {
    const { host } = wrapper;
    if (host === undefined) throw new Error(`${wrapper.name} has no module`);
    return async (...args) => {
      const request = options.request(args);
      const contextId = ContextIdFactory.getByRequest(request);
      this.modules.registerRequestByContextId(request, contextId);
      const instance = await this.injector.loadPerContext(
        wrapper.instance,
        host,
        host.providers,
        contextId,
        wrapper,
      );
      return this.throughNest(instance, method, options, { contextId, inquirerId: wrapper.id })(...args);
    };
  }
}

function methodOf(instance: object, method: string): (...args: unknown[]) => unknown {
  return (instance as Record<string, (...args: unknown[]) => unknown>)[method] as (
    ...args: unknown[]
  ) => unknown;
}
