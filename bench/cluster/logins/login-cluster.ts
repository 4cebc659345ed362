import { BenchProcess } from '../../process/bench-process.js';

/** Where the bindings of users are kept. */
export type BindingEngine = 'nats' | 'redis';

/** What a frontend is told. */
export interface FrontendSettings {
  readonly id: string;
  readonly engine: BindingEngine;
  readonly url: string;
}

/** A process with one frontend. */
export interface FrontendApi {
  /** Logs in new users for so long, in ms. Their number. */
  logIn(ms: number): Promise<number>;
  /** Logs every user in so often, all at once; fulfils when each login has succeeded or was replaced. */
  race(uids: readonly string[], times: number): Promise<void>;
  /** The sessions that each user has here. */
  sessionsOf(uids: readonly string[]): number[];
}

const FRONTENDS = 4;
/** Logins of one user that race. */
const RACING = 12;
/** Users who race at a time. */
const USERS = 16;

/** Frontends on which users log in. */
export class LoginCluster {
  /** Users who had more or fewer than one session after they had raced. */
  wrongUsers = 0;
  private users = 0;

  private constructor(private readonly frontends: readonly BenchProcess<FrontendApi>[]) {}

  /** Starts the frontends, one after the other. */
  static async start(engine: BindingEngine, url: string): Promise<LoginCluster> {
    const frontends: BenchProcess<FrontendApi>[] = [];
    for (let index = 0; index < FRONTENDS; index += 1) {
      const settings: FrontendSettings = { id: `connector-${index}`, engine, url };
      frontends.push(await BenchProcess.start<FrontendApi>('cluster/logins/frontend', settings));
    }
    return new LoginCluster(frontends);
  }

  /** Its processes, without the broker. */
  get pids(): number[] {
    return this.frontends.map(({ pid }) => pid);
  }

  /** New users log in on all frontends for so long, in ms. Their number. */
  async logIn(ms: number): Promise<number> {
    const counts = await Promise.all(this.frontends.map((frontend) => frontend.ask('logIn', ms)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Some users log in on all frontends at once. The number of logins. */
  async race(): Promise<number> {
    const uids = Array.from({ length: USERS }, () => `racer-${(this.users += 1)}`);
    await Promise.all(this.frontends.map((frontend) => frontend.ask('race', uids, RACING / FRONTENDS)));
    await this.count(uids);
    return USERS * RACING;
  }

  async stop(): Promise<void> {
    for (const frontend of this.frontends) await frontend.stop();
  }

  private async count(uids: readonly string[]): Promise<void> {
    const counts = await Promise.all(this.frontends.map((frontend) => frontend.ask('sessionsOf', uids)));
    for (const index of uids.keys()) {
      const sessions = counts.reduce((sum, here) => sum + (here[index] ?? 0), 0);
      if (sessions !== 1) this.wrongUsers += 1;
    }
  }
}
