import { Worker } from 'node:worker_threads';
import { CurrentInput } from './current-input.js';
import { toHex, type Finding, type Summary, type WorkerTask } from './worker-messages.js';

/** An input that takes longer is a finding. */
const HANG_MS = 2_000;
const LOOK_EVERY_MS = 250;

/**
 * Runs a target in a thread of its own, which can be ended when it hangs, and is ended when the signal says so: then
 * there is no outcome.
 */
export function supervise(
  task: Omit<WorkerTask, 'memory'>,
  signal: AbortSignal,
): Promise<Summary | Finding | undefined> {
  const current = new CurrentInput();
  const workerData: WorkerTask = { ...task, memory: current.memory };
  const worker = new Worker(new URL('fuzz-worker.js', import.meta.url), { workerData });
  const { promise, resolve, reject } = withResolvers<Summary | Finding | undefined>();
  const stop = (): void => resolve(undefined);
  signal.addEventListener('abort', stop);
  const stopWatching = watch(current, (input) => {
    resolve({ kind: 'finding', error: `hangs: more than ${HANG_MS} ms for one input`, hex: toHex(input) });
  });
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', (code) => reject(new Error(`the worker ended early with code ${code}`)));
  return promise.finally(async () => {
    stopWatching();
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  });
}

/** Calls back with the input when the worker has been at one for too long. Returns how to stop. */
function watch(current: CurrentInput, onHang: (input: Uint8Array) => void): () => void {
  let started = current.started;
  let since = performance.now();
  const timer = setInterval(() => {
    const { bytes } = current;
    if (current.started !== started || bytes === undefined) {
      started = current.started;
      since = performance.now();
    } else if (performance.now() - since > HANG_MS) onHang(bytes);
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

interface Resolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

/** Promise.withResolvers, which Node 20 has not got. */
function withResolvers<T>(): Resolvers<T> {
  let settle: Omit<Resolvers<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (settle === undefined) throw new Error('unreachable: the executor of a promise runs at once');
  return Object.assign(settle, { promise });
}
