import { LightClient, type Transport } from '../light-client.js';
import type { PackageHead } from '../package-stream.js';
import { request } from '../packages.js';

/** Ids that fit into one byte; 0 is no id. */
const IDS = 127;
/** An answer that comes later is of no use to a player. */
const IN_TIME_MS = 1_000;
const REQUESTS = Array.from({ length: IDS + 1 }, (_none, id) => request(id, 'connector.echoHandler.work'));
const GOOD = '{"code":200';

/** How requests ended. */
export interface Tally {
  /** Answered by the handler, in time. */
  good: number;
  /** Answered by the handler, later. */
  late: number;
  /** Answered with 429. */
  refused: number;
  /** Not sent: so many of the client were not answered that it had no number left. */
  unsent: number;
}

/** A client that asks for work, and counts what comes. */
export class Requester {
  private readonly sentAt = new Float64Array(IDS + 1);
  private lastId = 0;
  /** Requests that are not answered. */
  waiting = 0;
  /** Called with every answer. */
  onAnswer: () => void = () => {};

  private constructor(
    private readonly client: LightClient,
    private readonly tally: Tally,
    /** Times of good answers, in ms. */
    private readonly times: number[],
  ) {
    client.onMessage = (answer) => this.take(answer);
  }

  static async connect(
    port: number,
    transport: Transport,
    tally: Tally,
    times: number[],
  ): Promise<Requester> {
    return new Requester(await new LightClient(port, transport).working, tally, times);
  }

  /** Sends one request, unless it has no number left. */
  ask(now: number): void {
    const id = (this.lastId % IDS) + 1;
    const bytes = REQUESTS[id];
    if (this.sentAt[id] !== 0 || bytes === undefined) {
      this.tally.unsent += 1;
      return;
    }
    this.lastId = id;
    this.waiting += 1;
    this.sentAt[id] = now;
    this.client.send(bytes);
  }

  leave(): void {
    this.client.reset();
  }

  private take({ start }: PackageHead): void {
    const id = start[1] ?? 0;
    const ms = performance.now() - (this.sentAt[id] ?? 0);
    this.sentAt[id] = 0;
    this.waiting -= 1;
    if (start.toString('latin1', 2, 2 + GOOD.length) !== GOOD) this.tally.refused += 1;
    else if (ms > IN_TIME_MS) this.tally.late += 1;
    else {
      this.tally.good += 1;
      this.times.push(ms);
    }
    this.onAnswer();
  }
}
