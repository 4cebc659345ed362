import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { InjectRemote, RemoteException, ServerRegistry, type RemoteClient } from 'nestjs-pomelo';
import { Ledger, SETTINGS } from './ledger.js';
import { OUTCOME } from './outcome.js';
import type { MemberSettings } from './member-settings.js';
import { WorkRemote } from './work.remote.js';

/** Calls every other server of the type `chat` again and again, with numbers that count up. */
@Injectable()
export class CountingCalls implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private open = 0;
  private number = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(SETTINGS) private readonly settings: MemberSettings,
    @InjectRemote(WorkRemote) private readonly work: RemoteClient<WorkRemote>,
    private readonly registry: ServerRegistry,
    private readonly ledger: Ledger,
  ) {}

  onApplicationBootstrap(): void {
    const { countMs } = this.settings;
    if (countMs !== undefined) this.timer = setInterval(() => this.callAll(), countMs);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Makes no more calls; how many have not ended. */
  stop(): number {
    clearInterval(this.timer);
    return this.open;
  }

  private callAll(): void {
    for (const { id } of this.registry.byType('chat')) if (id !== this.settings.id) void this.call(id);
  }

  private async call(server: string): Promise<void> {
    const { id, inc } = this.registry.self;
    this.number += 1;
    const key = `${id}.${inc} ${this.number}`;
    this.open += 1;
    const outcome = await this.outcomeOf(server, key);
    this.open -= 1;
    this.ledger.write(`${OUTCOME}${key} ${outcome}`);
  }

  private async outcomeOf(server: string, key: string): Promise<string> {
    try {
      const done = await this.work.to(server).run(key);
      return done.key === key ? 'ok' : 'ANSWER_OF_ANOTHER';
    } catch (error) {
      return error instanceof RemoteException ? error.reason : 'ERROR';
    }
  }
}
