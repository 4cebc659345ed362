import { TestClientError } from './test-client.errors.js';

/** Called with the body of a push. */
export type PushListener<T = unknown> = (body: T) => void;

interface Taker {
  readonly take: PushListener;
  readonly fail: (error: Error) => void;
}

/** The pushes of one client: told to the listeners of their route, and kept until they are taken. */
export class PushInbox {
  private readonly listeners = new Map<string, Set<PushListener>>();
  private readonly kept = new Map<string, unknown[]>();
  private readonly takers = new Map<string, Set<Taker>>();
  private endOf: ((route: string) => Error) | undefined;

  /** Adds a listener; the function returned removes it. */
  on(route: string, listener: PushListener): () => void {
    const listeners = entry(this.listeners, route, () => new Set());
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Takes a push in. What a listener throws becomes an uncaught exception: it is no fault of the server. */
  put(route: string, body: unknown): void {
    for (const listener of this.listeners.get(route) ?? []) {
      try {
        listener(body);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    const [first] = this.takers.get(route) ?? [];
    if (first === undefined) entry(this.kept, route, () => []).push(body);
    else first.take(body);
  }

  /** The oldest push of a route that nobody has taken, as soon as there is one. Rejects with `TIMEOUT`, and when there will be none. */
  take(route: string, timeoutMs: number): Promise<unknown> {
    const kept = this.kept.get(route);
    if (kept !== undefined && kept.length > 0) return Promise.resolve(kept.shift());
    if (this.endOf !== undefined) return Promise.reject(this.endOf(route));
    return this.wait(route, timeoutMs);
  }

  /** Nothing comes any more: whoever waits, or will wait, gets this error. */
  close(endOf: (route: string) => Error): void {
    this.endOf = endOf;
    for (const [route, takers] of this.takers) for (const taker of takers) taker.fail(endOf(route));
  }

  private wait(route: string, timeoutMs: number): Promise<unknown> {
    const takers = entry(this.takers, route, () => new Set());
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        takers.delete(taker);
      };
      const taker: Taker = {
        take: (body) => {
          settle();
          resolve(body);
        },
        fail: (error) => {
          settle();
          reject(error);
        },
      };
      takers.add(taker);
      const timer = setTimeout(() => taker.fail(this.nothingCame(route, timeoutMs)), timeoutMs);
    });
  }

  private nothingCame(route: string, timeoutMs: number): TestClientError {
    const others = [...this.kept].flatMap(([name, bodies]) => (bodies.length > 0 ? [name] : []));
    const instead = others.length > 0 ? others.join(', ') : 'nothing';
    return new TestClientError(
      'TIMEOUT',
      `no push of ${route} within ${timeoutMs} ms; not taken yet: ${instead}`,
    );
  }
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
