/** The part of Node's `Buffer` that makes text and small allocations cheap. */
export interface RuntimeBuffer {
  allocUnsafe(size: number): Uint8Array;
  byteLength(text: string, encoding: 'utf8'): number;
  readonly prototype: {
    readonly utf8Slice: (this: Uint8Array, start: number, end: number) => string;
    readonly utf8Write: (this: Uint8Array, text: string, offset: number, length: number) => number;
  };
}

/**
 * Node's `Buffer` when this runtime has one whose fast paths work on any Uint8Array, else undefined (browsers, and
 * polyfills without them). The boundary to a global that the types of this library do not know.
 */
export const runtimeBuffer: RuntimeBuffer | undefined = findRuntimeBuffer();

function findRuntimeBuffer(): RuntimeBuffer | undefined {
  const candidate = (globalThis as { Buffer?: RuntimeBuffer }).Buffer;
  try {
    const bytes = new Uint8Array(4);
    const written = candidate?.prototype.utf8Write.call(bytes, 'aé', 1, 3);
    const text = candidate?.prototype.utf8Slice.call(bytes, 1, 4);
    const size = candidate?.allocUnsafe(2).length === 2 && candidate.byteLength('é', 'utf8') === 2;
    return written === 3 && text === 'aé' && size ? candidate : undefined;
  } catch {
    return undefined;
  }
}
