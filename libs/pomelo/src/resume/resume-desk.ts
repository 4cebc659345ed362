import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type {
  Carrier,
  ResumableSession,
  Resumed,
  Resumption,
  ResumeWish,
} from '../connectors/resumption.interface.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { DeadlineList } from '../timing/deadline-list.js';
import { KeptSession } from './kept-session.js';
import { homeOf, makeResumeToken } from './resume-token.js';

/** Opens a session that lives on another frontend. */
export type OpenElsewhere = (
  home: string,
  wish: ResumeWish,
  carrier: Carrier,
) => Promise<Resumed | undefined>;

/** The sessions of this frontend whose clients can come back, by the tokens that they were given. */
@Injectable()
export class ResumeDesk implements Resumption, OnApplicationShutdown {
  readonly limits: { readonly messages: number; readonly bytes: number };
  readonly keepSeconds: number;
  private readonly frontendId: string;
  private readonly mostAway: number;
  private readonly mostBytes: number;
  private readonly kept = new Map<ResumableSession, KeptSession>();
  private readonly byToken = new Map<string, KeptSession>();
  /** In the order in which they lost their connections. */
  private readonly waiting = new Set<KeptSession>();
  /** What is kept for all that are waiting. */
  private awayBytes = 0;
  private readonly deadlines: DeadlineList;
  private openElsewhere: OpenElsewhere | undefined;

  constructor(@Inject(POMELO_OPTIONS) { server, limits }: ResolvedOptions) {
    const { resumeMs, resumeMessages, resumeBytes, resumeSessions, resumeAwayBytes } = limits;
    this.limits = { messages: resumeMessages, bytes: resumeBytes };
    this.keepSeconds = resumeMs / 1000;
    this.frontendId = server.id;
    this.mostAway = resumeSessions;
    this.mostBytes = resumeAwayBytes;
    this.deadlines = new DeadlineList(resumeMs);
  }

  /** Sessions that wait for their clients. */
  get awayCount(): number {
    return this.waiting.size;
  }

  /** Makes sessions of other frontends known; for the relays. */
  connect(openElsewhere: OpenElsewhere): void {
    this.openElsewhere = openElsewhere;
  }

  issue(session: ResumableSession): string {
    const kept = this.kept.get(session) ?? new KeptSession(session);
    this.kept.set(session, kept);
    if (kept.newest !== undefined) this.byToken.delete(kept.newest);
    kept.newest = makeResumeToken(this.frontendId);
    this.byToken.set(kept.newest, kept);
    return kept.newest;
  }

  settle(session: ResumableSession): void {
    const kept = this.kept.get(session);
    if (kept === undefined) return;
    if (kept.token !== undefined) this.byToken.delete(kept.token);
    kept.token = kept.newest;
    kept.newest = undefined;
  }

  away(session: ResumableSession): void {
    const kept = this.kept.get(session);
    if (kept === undefined) return;
    this.waiting.add(kept);
    this.deadlines.add(kept);
    this.grown(session);
  }

  grown(session: ResumableSession): void {
    const kept = this.kept.get(session);
    if (kept === undefined || !this.waiting.has(kept)) return;
    this.count(kept, session.keptBytes);
    for (const oldest of this.waiting) {
      if (this.waiting.size <= this.mostAway && this.awayBytes <= this.mostBytes) return;
      oldest.expire();
    }
  }

  back(session: ResumableSession): void {
    const kept = this.kept.get(session);
    if (kept === undefined || !this.waiting.delete(kept)) return;
    this.deadlines.remove(kept);
    this.count(kept, 0);
  }

  forget(session: ResumableSession): void {
    const kept = this.kept.get(session);
    if (kept === undefined) return;
    this.back(session);
    this.kept.delete(session);
    for (const token of [kept.token, kept.newest]) if (token !== undefined) this.byToken.delete(token);
  }

  async resume(wish: ResumeWish, carrier: Carrier): Promise<Resumed | undefined> {
    const home = homeOf(wish.token);
    if (home === undefined || home === this.frontendId) return this.resumeHere(wish, carrier);
    return this.openElsewhere?.(home, wish, carrier);
  }

  /** Opens a session of this frontend. */
  resumeHere(wish: ResumeWish, carrier: Carrier): Resumed | undefined {
    const kept = this.byToken.get(wish.token);
    const session = kept?.session;
    // The answer that brought it has arrived: the token before it is not needed any more.
    if (session !== undefined && kept?.newest === wish.token) this.settle(session);
    const reply = session?.reopen(wish, carrier);
    return session === undefined || reply === undefined ? undefined : { session, reply };
  }

  private count(kept: KeptSession, bytes: number): void {
    this.awayBytes += bytes - kept.countedBytes;
    kept.countedBytes = bytes;
  }

  onApplicationShutdown(): void {
    this.deadlines.stop();
  }
}
