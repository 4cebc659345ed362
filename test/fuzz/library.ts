import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as planted from './planted/planted-bug.js';

/** The library under test. */
export type Protocol = typeof import('nestjs-pomelo-protocol');
/** The reader of the PROXY protocol, which no package exports. */
export type Proxy = typeof import('../../libs/pomelo/src/edge/proxy-protocol.js');
/** The bugs that prove the fuzzer. */
export type Planted = typeof planted;

/** What targets call: the instrumented copies, never the library that this program could import itself. */
export interface Library {
  readonly protocol: Protocol;
  readonly proxy: Proxy;
  readonly planted: Planted;
}

/** The boundary at which modules from a folder get the types of those that they are copies of. */
export async function loadLibrary(directory: string): Promise<Library> {
  const load = async (path: string): Promise<unknown> => import(pathToFileURL(join(directory, path)).href);
  return {
    protocol: (await load('protocol/index.js')) as Protocol,
    proxy: (await load('edge/proxy-protocol.js')) as Proxy,
    planted: (await load('planted/planted-bug.js')) as Planted,
  };
}
