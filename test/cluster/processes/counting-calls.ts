import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRemote, RemoteException, ServerRegistry, type RemoteClient } from 'nestjs-pomelo';
import { SETTINGS } from './ledger.js';
import type { CallCounts, MemberSettings } from './member-settings.js';
import { WorkRemote } from './work.remote.js';

/** Calls every other server of the type `chat` again and again, with numbers that count up. */
@Injectable()
export class CountingCalls implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly failed: Record<string, number> = {};
  private answered = 0;
  private open = 0;
  private number = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(SETTINGS) private readonly settings: MemberSettings,
    @InjectRemote(WorkRemote) private readonly work: RemoteClient<WorkRemote>,
    private readonly registry: ServerRegistry,
  ) {}

  onApplicationBootstrap(): void {
    const { countMs } = this.settings;
    if (countMs !== undefined) this.timer = setInterval(() => this.callAll(), countMs);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Makes no more calls; how those so far have ended. */
  stop(): CallCounts {
    clearInterval(this.timer);
    return { open: this.open, answered: this.answered, failed: this.failed };
  }

  private callAll(): void {
    for (const { id } of this.registry.byType('chat')) if (id !== this.settings.id) void this.call(id);
  }

  private async call(server: string): Promise<void> {
    const { id, inc } = this.registry.self;
    this.number += 1;
    this.open += 1;
    try {
      await this.work.to(server).run(`${id}.${inc} ${this.number}`);
      this.answered += 1;
    } catch (error) {
      const reason = error instanceof RemoteException ? error.reason : String(error);
      this.failed[reason] = (this.failed[reason] ?? 0) + 1;
    } finally {
      this.open -= 1;
    }
  }
}
