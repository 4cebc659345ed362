import { parameterTable } from '../discovery/enhancers.js';
import { pickArgument, type HandlerArguments } from './handler-arguments.js';
import type { CompiledMethod } from '../discovery/method-compiler.js';

type Picker = (args: HandlerArguments) => unknown;
type AnyMethod = (...args: unknown[]) => unknown;

/** Compiles a handler without enhancers to "pick the arguments, call": `bench/handler-paths.ts` shows what that saves. */
export function compileDirectHandler(instance: object, method: string): CompiledMethod<HandlerArguments> {
  const callback = (instance as Record<string, AnyMethod>)[method] as AnyMethod;
  const pickers = pickersOf(instance, method);
  const [first, second] = pickers;
  if (pickers.length === 0) return (...args) => callback.apply(instance, args);
  if (pickers.length === 1 && first !== undefined) return (...args) => callback.call(instance, first(args));
  if (pickers.length === 2 && first !== undefined && second !== undefined) {
    return (...args) => callback.call(instance, first(args), second(args));
  }
  return (...args) =>
    callback.apply(
      instance,
      pickers.map((pick) => pick?.(args)),
    );
}

function pickersOf(instance: object, method: string): (Picker | undefined)[] {
  const pickers: (Picker | undefined)[] = [];
  for (const [key, { index, data }] of Object.entries(parameterTable(instance.constructor, method))) {
    const kind = Number(key.split(':')[0]);
    pickers[index] = (args) => pickArgument(kind, data, args);
  }
  return Array.from(pickers);
}
