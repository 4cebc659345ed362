/** Called with what an event carries. */
export type Listener<T> = (value: T) => void;

/** The listening half of an emitter. A listener is kept once per name, in the order of subscription. */
export interface Subscribable<Events> {
  /** Adds a listener; the function returned removes it. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void;
  /** Adds a listener that is removed before its first call; the function returned removes it earlier. */
  once<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void;
  /** Removes a listener. */
  off<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void;
}

/** Calls listeners by name. What a listener throws goes to `onError`, so that the others and the socket are safe. */
export class Emitter<Events> implements Subscribable<Events> {
  private readonly listeners: { [Name in keyof Events]?: Set<Listener<Events[Name]>> } = Object.create(null);

  constructor(private readonly onError: (error: unknown, name: keyof Events) => void) {}

  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    (this.listeners[name] ??= new Set()).add(listener);
    return () => this.off(name, listener);
  }

  once<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const unsubscribe = this.on(name, (value) => {
      unsubscribe();
      listener(value);
    });
    return unsubscribe;
  }

  off<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    const listeners = this.listeners[name];
    listeners?.delete(listener);
    if (listeners?.size === 0) delete this.listeners[name];
  }

  /** True when somebody listens. */
  has(name: keyof Events): boolean {
    return this.listeners[name] !== undefined;
  }

  /** Calls the listeners that are there now; those added meanwhile wait for the next event. */
  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    const listeners = this.listeners[name];
    if (listeners === undefined) return;
    for (const listener of Array.from(listeners)) {
      try {
        listener(value);
      } catch (error) {
        this.onError(error, name);
      }
    }
  }
}
