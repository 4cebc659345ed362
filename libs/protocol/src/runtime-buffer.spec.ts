import { jest } from '@jest/globals';
import { runtimeBuffer } from './runtime-buffer.js';

async function findIn(candidate: unknown): Promise<unknown> {
  const real = Object.getOwnPropertyDescriptor(globalThis, 'Buffer');
  Object.defineProperty(globalThis, 'Buffer', { value: candidate, configurable: true, writable: true });
  jest.resetModules();
  try {
    return (await import('./runtime-buffer.js')).runtimeBuffer;
  } finally {
    if (real !== undefined) Object.defineProperty(globalThis, 'Buffer', real);
  }
}

describe('runtimeBuffer', () => {
  it('is the Buffer of Node', () => {
    expect(runtimeBuffer).toBe(Buffer);
  });

  it.each([
    ['there is none', undefined],
    ['it is a polyfill without the fast paths', { allocUnsafe: () => new Uint8Array(2), prototype: {} }],
    ['it is something else entirely', 7],
  ])('is undefined when %s', async (_name, candidate) => {
    expect(await findIn(candidate)).toBeUndefined();
  });
});
