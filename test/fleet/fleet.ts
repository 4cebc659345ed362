import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_LIMITS } from 'nestjs-pomelo';
import { BlackHole } from '../cluster/processes/black-hole.js';
import { MemberProcess } from '../cluster/processes/member-process.js';
import type { MemberSettings } from '../cluster/processes/member-settings.js';
import { freePort, NatsProcess } from '../cluster/processes/nats-process.js';

const PROGRAM = fileURLToPath(new URL('../cluster/processes/main.js', import.meta.url));

/** What its servers have in common. */
export interface FleetSettings extends Pick<MemberSettings, 'limits'> {
  /** Time between two calls of a back end to each other one, in ms. Default: none are made. */
  readonly countMs?: number;
}

/** One place in the fleet: a server with an id of its own, which may be started again and again. */
export interface Post {
  readonly id: string;
  /** Its way to the broker. */
  readonly way: BlackHole;
  /** The process that serves there, or did last. */
  member: MemberProcess;
}

/** A broker, frontends and back ends, each in a process of its own. */
export class Fleet {
  /** Every process that there was: what it wrote down counts also when it has ended. */
  readonly everybody: MemberProcess[] = [];
  readonly frontends: Post[] = [];
  readonly backends: Post[] = [];
  private isClosed = false;

  private constructor(
    readonly broker: NatsProcess,
    private readonly settings: FleetSettings,
  ) {}

  /** Starts a broker and so many servers of each kind. */
  static async start(frontends: number, backends: number, settings: FleetSettings = {}): Promise<Fleet> {
    const { clusterHeartbeatMs = DEFAULT_LIMITS.clusterHeartbeatMs } = settings.limits ?? {};
    const config = `write_deadline: "${2 * clusterHeartbeatMs}ms"`;
    const fleet = new Fleet(new NatsProcess(await freePort(), 'nats', { config }), settings);
    await fleet.broker.start();
    const names = (type: string, count: number): string[] =>
      Array.from({ length: count }, (_none, index) => `${type}-${index + 1}`);
    fleet.frontends.push(...(await fleet.posts(names('connector', frontends))));
    fleet.backends.push(...(await fleet.posts(names('chat', backends))));
    return fleet;
  }

  /** Starts another process of a server. */
  async serve(post: Post): Promise<void> {
    post.member = this.spawn(post.id, post.way);
    await post.member.start();
  }

  /** Makes a process of a server, which has not been started. */
  spawn(id: string, way: BlackHole): MemberProcess {
    if (this.isClosed) throw new Error('the fleet is closed');
    const { limits, countMs } = this.settings;
    const member = MemberProcess.spawn(
      {
        id,
        types: [id.slice(0, id.indexOf('-'))],
        servers: [`nats://127.0.0.1:${way.port}`],
        ledger: join(tmpdir(), `ledger-${randomUUID()}`),
        single: 'kickOld',
        ...(limits !== undefined && { limits }),
        ...(countMs !== undefined && id.startsWith('chat') && { countMs }),
      },
      { program: PROGRAM },
    );
    this.everybody.push(member);
    return member;
  }

  /** Opens a new place and starts its server. */
  async open(id: string): Promise<Post> {
    const way = await BlackHole.before(this.broker.port);
    const post: Post = { id, way, member: this.spawn(id, way) };
    await post.member.start();
    return post;
  }

  /** Ends everything. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.everybody.map((member) => member.close()));
    await Promise.all([...this.frontends, ...this.backends].map(({ way }) => way.close()));
    await this.broker.close();
  }

  private posts(ids: readonly string[]): Promise<Post[]> {
    return Promise.all(ids.map((id) => this.open(id)));
  }
}
