import { Injectable, type Type } from '@nestjs/common';

/** Classes with {@link METHODS} methods each. */
const CLASSES = 20;
/** In each of them. */
const METHODS = 10;

/** 200 methods in 20 providers; `decorate` sees every class with the names of its methods. */
export function manyProviders(decorate: (provider: Type, index: number, methods: string[]) => void): Type[] {
  return Array.from({ length: CLASSES }, (_, index) => {
    const methods = Array.from({ length: METHODS }, (_unused, method) => `method${method}`);
    const provider = class {};
    for (const method of methods) Reflect.set(provider.prototype, method, (body: unknown) => body);
    decorate(provider, index, methods);
    Injectable()(provider);
    return provider;
  });
}
