import {
  CUSTOM_ROUTE_ARGS_METADATA,
  EXCEPTION_FILTERS_METADATA,
  GUARDS_METADATA,
  INTERCEPTORS_METADATA,
  PIPES_METADATA,
  ROUTE_ARGS_METADATA,
} from '@nestjs/common/constants.js';
import type { ApplicationConfig, ExternalContextCreator } from '@nestjs/core';

const ENHANCERS = [GUARDS_METADATA, INTERCEPTORS_METADATA, PIPES_METADATA, EXCEPTION_FILTERS_METADATA];

/** One parameter of a handler, as its decorators described it. */
export interface ParameterMetadata {
  readonly index: number;
  readonly data?: unknown;
  readonly pipes?: readonly unknown[];
  readonly schema?: unknown;
}

/** The parameters of a method by `kind:index`; empty when none is decorated. */
export function parameterTable(host: object, method: string): Record<string, ParameterMetadata> {
  return (Reflect.getMetadata(ROUTE_ARGS_METADATA, host, method) ?? {}) as Record<string, ParameterMetadata>;
}

/** A guard, interceptor, pipe or filter is bound to the class, the method or one of its parameters. */
export function hasOwnEnhancers(host: object, callback: object, method: string): boolean {
  if (ENHANCERS.some((key) => isBound(key, host) || isBound(key, callback))) return true;
  return Object.entries(parameterTable(host, method)).some(
    ([kind, { pipes, schema }]) =>
      kind.includes(CUSTOM_ROUTE_ARGS_METADATA) || (pipes?.length ?? 0) > 0 || schema !== undefined,
  );
}

/**
 * A global enhancer exists. Nest has no token for its configuration, so this is the one private read of the package;
 * when Nest moves it, the answer is yes: slower, never wrong.
 */
export function hasGlobalEnhancers(contexts: ExternalContextCreator): boolean {
  const config = (contexts as unknown as { container?: { applicationConfig?: ApplicationConfig } }).container
    ?.applicationConfig;
  if (config === undefined) return true;
  return [
    config.getGlobalGuards(),
    config.getGlobalRequestGuards(),
    config.getGlobalInterceptors(),
    config.getGlobalRequestInterceptors(),
    config.getGlobalPipes(),
    config.getGlobalRequestPipes(),
    config.getGlobalFilters(),
    config.getGlobalRequestFilters(),
  ].some((enhancers) => enhancers.length > 0);
}

function isBound(key: string, target: object): boolean {
  const bound: unknown = Reflect.getMetadata(key, target);
  return Array.isArray(bound) && bound.length > 0;
}
