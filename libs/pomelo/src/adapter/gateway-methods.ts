import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { GATEWAY_METADATA } from '@nestjs/websockets/constants.js';

/** Nest calls these through RxJS, which throws into the process what they throw, and forgets their promises. */
const METHODS = ['handleConnection', 'handleDisconnect'] as const;

/** Shared classes are seen by every application of the process. */
const contained = new WeakSet<object>();

/** Gives what the methods of gateways throw, or reject with, to `report`. Before Nest binds them. */
export function containGateways(
  providers: Iterable<InstanceWrapper>,
  report: (error: unknown) => void,
): void {
  for (const { instance, metatype, isStatic } of gatewaysOf(providers)) {
    // Of a gateway of request scope Nest makes instances later.
    const owner: unknown = isStatic ? instance : metatype.prototype;
    if (typeof owner === 'object' && owner !== null)
      for (const method of METHODS) contain(owner, method, report);
  }
}

function* gatewaysOf(providers: Iterable<InstanceWrapper>) {
  for (const wrapper of providers) {
    const { instance, metatype } = wrapper;
    if (typeof metatype !== 'function' || !Reflect.hasMetadata(GATEWAY_METADATA, metatype)) continue;
    yield { instance: instance as unknown, metatype, isStatic: wrapper.isDependencyTreeStatic() };
  }
}

function contain(owner: object, method: string, report: (error: unknown) => void): void {
  const original: unknown = Reflect.get(owner, method);
  if (typeof original !== 'function' || contained.has(original)) return;
  async function guarded(this: unknown, ...args: unknown[]): Promise<void> {
    try {
      await Reflect.apply(original as typeof guarded, this, args);
    } catch (error) {
      report(error);
    }
  }
  contained.add(guarded);
  Reflect.defineProperty(owner, method, { value: guarded, writable: true, configurable: true });
}
