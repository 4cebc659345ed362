import { Injectable, Logger } from '@nestjs/common';
import { describeError, stackOf } from '../errors/describe-error.js';
import type { CloseReason } from '../connectors/connector.interface.js';
import type { Session } from './session.js';

/** What a listener of a session event gets. `detail` is the close reason, or the uid of a bind or unbind; else empty. */
export type SessionListener = (session: Session, detail: CloseReason) => unknown;

/**
 * The moments of a session that an application may listen to. `away` is a lost connection whose client can come back,
 * `back` is its return; a session that is away for too long is `closed`.
 */
export type SessionEvent = 'closed' | 'bound' | 'unbound' | 'away' | 'back';

/** Calls the listeners of session events; a listener that fails is logged and hurts nobody else. */
@Injectable()
export class SessionEvents {
  private readonly logger = new Logger('Pomelo');
  private readonly listeners: Record<SessionEvent, SessionListener[]> = {
    closed: [],
    bound: [],
    unbound: [],
    away: [],
    back: [],
  };

  /** Adds a listener; the result removes it. */
  on(event: SessionEvent, listener: SessionListener): () => void {
    this.listeners[event].push(listener);
    return () => {
      this.listeners[event] = this.listeners[event].filter((candidate) => candidate !== listener);
    };
  }

  /** Calls every listener in the order of registration; does not wait for asynchronous ones. */
  emit(event: SessionEvent, session: Session, detail: CloseReason = ''): void {
    for (const listener of this.listeners[event]) {
      try {
        const result = listener(session, detail);
        // Not only promises of our own realm and class: query builders give thenables.
        if (result !== undefined)
          Promise.resolve(result).catch((error: unknown) => this.report(event, error));
      } catch (error) {
        this.report(event, error);
      }
    }
  }

  private report(event: SessionEvent, error: unknown): void {
    this.logger.error(`A listener of session ${event} failed`, stackOf(error) ?? describeError(error));
  }
}
