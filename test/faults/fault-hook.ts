import { throwError } from 'rxjs';

/** Every way to fail that an application has, whatever the types of the place allow. */
export const FAULTS = {
  throws: () => {
    throw new Error('fault');
  },
  'throws what is no error': () => {
    throw Object.create(null);
  },
  rejects: () => Promise.reject(new Error('fault')),
  'rejects with no error': () => Promise.reject(undefined),
  'never settles': () => new Promise(() => {}),
  'gives a stream that fails': () => throwError(() => new Error('fault')),
  'gives a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'gives a thenable that throws': () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- the fault
    then: () => {
      throw new Error('fault');
    },
  }),
} satisfies Record<string, () => unknown>;

/** The name of a way to fail. */
export type Fault = keyof typeof FAULTS;

/** Fails at one place of the application, as often as it is told to. */
export class FaultHook {
  private point: string | undefined;
  private fault: Fault = 'throws';
  private left = 0;

  /** The next call at this point fails. */
  arm(point: string, fault: Fault, times = 1): void {
    this.point = point;
    this.fault = fault;
    this.left = times;
  }

  /** The fault has happened. */
  get isSpent(): boolean {
    return this.left === 0;
  }

  /** Fails if this is the place; gives `value` if not. */
  at<T>(point: string, value: T): T {
    if (point !== this.point || this.left === 0) return value;
    this.left -= 1;
    // What an application in JavaScript may give here.
    return FAULTS[this.fault]() as T;
  }
}

/** The hook that every place of the application under test calls. */
export const faults = new FaultHook();
