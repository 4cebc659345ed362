import { setTimeout as delay } from 'node:timers/promises';
import type { TransportFactory } from 'nestjs-pomelo-client';
import type { Prng } from '../fuzz/prng.js';
import { Connection } from './connection.js';
import type { PlayRecord } from './record.js';

const AT_ONCE = 4;

/** Where a player may connect now. */
export type Ports = () => readonly number[];

/** A user: logs in somewhere, works and chats, and when its connection ends logs in again. */
export class Player {
  /** Every connection that it has opened. */
  readonly connections: Connection[] = [];
  private current: Connection | undefined;
  private isOver = false;
  private readonly play: Promise<void>;

  constructor(
    readonly uid: string,
    private readonly ports: Ports,
    private readonly prng: Prng,
    private readonly record: PlayRecord,
    private readonly transport: TransportFactory,
  ) {
    this.play = this.run();
  }

  /** Its connection that is logged in. */
  get online(): Connection | undefined {
    return this.current?.isOpen === true ? this.current : undefined;
  }

  /** Asks for nothing more, and stays logged in. */
  async rest(): Promise<void> {
    this.isOver = true;
    await this.play;
    while (this.online === undefined) await this.arrive();
  }

  async leave(): Promise<void> {
    await Promise.all(this.connections.map((connection) => connection.close()));
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      if (this.online === undefined) await this.arrive();
      // From another device, without a word to the one before.
      else if (this.prng.below(60) === 0) await this.arrive();
      else await this.workAWhile(this.online);
    }
  }

  private async workAWhile(connection: Connection): Promise<void> {
    const count = 1 + this.prng.below(AT_ONCE);
    const routes = Array.from({ length: count }, () =>
      this.prng.below(3) === 0 ? 'chat.room.say' : 'chat.room.run',
    );
    await Promise.all(routes.map((route) => connection.work(route)));
    await delay(50 + this.prng.below(100));
  }

  private async arrive(): Promise<void> {
    const ports = this.ports();
    const port = ports[this.prng.below(ports.length)];
    const connection =
      port === undefined ? undefined : await Connection.open(port, this.record, this.transport);
    if (connection === undefined) {
      await delay(100);
      return;
    }
    this.connections.push(connection);
    if (await connection.logIn(this.uid)) this.current = connection;
    else {
      await connection.close();
      await delay(100 + this.prng.below(200));
    }
  }
}
