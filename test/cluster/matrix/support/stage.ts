import { PomeloClient, type ClientOptions } from 'nestjs-pomelo-client';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PomeloLimits } from 'nestjs-pomelo';
import { closeAfterTest } from '../../../support/pomelo-app.js';
import { MemberProcess } from '../../processes/member-process.js';
import type { MemberSettings } from '../../processes/member-settings.js';
import { NatsServer } from '../../support/nats-server.js';
import { BeatClock, HEARTBEAT_MS } from './beat-clock.js';
import { Observer } from './observer.js';

const PROGRAM = fileURLToPath(new URL('../../../../dist/cluster/processes/main.js', import.meta.url));

/** What a row decides about a server. */
export interface MemberOptions extends Partial<
  Pick<MemberSettings, 'limits' | 'servers' | 'single' | 'replicas'>
> {
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A cluster of real processes over a real broker, and one observer in this process. */
export class Stage {
  readonly clock = BeatClock.start();

  private constructor(
    readonly brokers: readonly NatsServer[],
    private readonly servers: readonly string[],
  ) {}

  /** A stage over a broker of its own, or over those that are given. */
  static async start(brokers?: readonly NatsServer[]): Promise<Stage> {
    const all = brokers ?? [await NatsServer.start()];
    return new Stage(
      all,
      all.map(({ url }) => url),
    );
  }

  /** The first broker. */
  get broker(): NatsServer {
    const [broker] = this.brokers;
    if (broker === undefined) throw new Error('a stage has a broker');
    return broker;
  }

  /** Starts the process of a server, whose type its id begins with; the server itself waits for `start()`. */
  async load(id: string, options: MemberOptions = {}): Promise<MemberProcess> {
    const { node, env, limits, ...settings } = options;
    const member = MemberProcess.spawn(
      {
        id,
        types: [id.slice(0, id.indexOf('-'))],
        servers: this.servers,
        ledger: join(tmpdir(), `ledger-${randomUUID()}`),
        limits: { clusterHeartbeatMs: HEARTBEAT_MS, ...limits },
        ...settings,
      },
      { program: PROGRAM, ...(node === undefined ? {} : { node }), ...(env === undefined ? {} : { env }) },
    );
    closeAfterTest(member);
    await member.ready();
    return member;
  }

  /** Starts a server. */
  async member(id: string, options: MemberOptions = {}): Promise<MemberProcess> {
    const member = await this.load(id, options);
    await member.start();
    return member;
  }

  /** Starts servers with the same options, and waits until all of them know each other. */
  async members<const Ids extends readonly string[]>(
    ids: Ids,
    options: MemberOptions = {},
  ): Promise<{ -readonly [K in keyof Ids]: MemberProcess }> {
    const members = await Promise.all(ids.map((id) => this.member(id, options)));
    await this.clock.until(async () => {
      const events = await Promise.all(members.map((member) => member.ask('events')));
      return events.every((seen, at) =>
        ids.every(
          (id, other) => other === at || seen.some(({ event, id: met }) => event === 'join' && met === id),
        ),
      );
    });
    return members as { -readonly [K in keyof Ids]: MemberProcess };
  }

  /** Starts the observer; it knows the servers that run. */
  async observer(
    knows: readonly MemberProcess[],
    limits?: Partial<PomeloLimits>,
    id?: string,
  ): Promise<Observer> {
    const observer = await Observer.start(this.servers, this.clock, id, limits);
    await this.clock.until(() => knows.every(({ id }) => observer.sees(id)));
    return observer;
  }

  /** Connects a client to a frontend. */
  async client({ port }: MemberProcess, options: ClientOptions = {}): Promise<PomeloClient> {
    return closeAfterTest(await PomeloClient.connect(`tcp://127.0.0.1:${port}`, options));
  }
}
