import { Injectable } from '@nestjs/common';
import { ServerRegistry, SessionDirectory, SessionService, type ServerEvent } from 'nestjs-pomelo';
import { CountingCalls } from './counting-calls.js';
import type { MemberApi, MemberEvent, UserSession } from './member-settings.js';

const EVENTS: readonly ServerEvent[] = ['join', 'drain', 'leave'];

/** Knows what the parent of this server may ask. */
@Injectable()
export class MemberProbe implements MemberApi {
  private readonly seen: MemberEvent[] = [];

  constructor(
    registry: ServerRegistry,
    private readonly sessions: SessionService,
    private readonly directory: SessionDirectory,
    private readonly calls: CountingCalls,
  ) {
    for (const event of EVENTS)
      registry.on(event, ({ id }, why) =>
        this.seen.push({ event, id, ...(why === undefined ? {} : { why }) }),
      );
  }

  events(): readonly MemberEvent[] {
    return this.seen;
  }

  users(): readonly UserSession[] {
    const users: UserSession[] = [];
    this.sessions.forEachBindedSession(({ uid = '', id }) => users.push([uid, id]));
    return users;
  }

  heap(): number {
    // What is finalized in one collection is collected in the next.
    globalThis.gc?.();
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  }

  async places(uids: readonly string[]): Promise<string[][]> {
    const places = await this.directory.whereAre(uids);
    return places.map((held) => held.map(({ sessionId }) => sessionId));
  }

  clock(): number {
    return Date.now();
  }

  stopCounting(): number {
    return this.calls.stop();
  }
}
