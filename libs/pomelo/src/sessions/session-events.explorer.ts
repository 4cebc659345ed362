import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DecoratedMethodExplorer } from '../discovery/decorated-method.explorer.js';
import { SESSION_EVENT_METADATA } from './session-events.decorator.js';
import { SessionEvents, type SessionEvent, type SessionListener } from './session-events.js';

/** Connects the methods with `@OnSessionClosed`, `@OnSessionBound` and `@OnSessionUnbound` to the events. */
@Injectable()
export class SessionEventsExplorer implements OnModuleInit {
  constructor(
    private readonly explorer: DecoratedMethodExplorer,
    private readonly events: SessionEvents,
  ) {}

  onModuleInit(): void {
    for (const { wrapper, method, onMethod } of this.explorer.exploreStatic(
      SESSION_EVENT_METADATA,
      'OnSession…',
    )) {
      const instance = wrapper.instance as Record<string, SessionListener>;
      const listener = instance[method] as SessionListener;
      this.events.on(onMethod as SessionEvent, (session, detail) => listener.call(instance, session, detail));
    }
  }
}
