import type { Dialect } from '../dialects/dialect.js';
import { Link, type LinkEvents } from '../link.js';
import type { LoadResult } from '../load-task.js';
import { RequestRing } from '../request-ring.js';
import type { Mode } from './mode.js';
import { Stretch } from './stretch.js';

/** Source addresses, of which each has some 28,000 ports, and a closed connection keeps its port for a while. */
const ADDRESSES = 32;

/** Clients that connect, are let in, ask once, and leave, again and again. */
export class Cycle implements Mode, LinkEvents {
  private stretch = new Stretch(0);
  private opened = 0;
  private readonly ring: RequestRing;

  constructor(
    private readonly port: number,
    private readonly dialect: Dialect,
    private readonly clients: number,
    readonly onFailure: (error: Error) => void,
  ) {
    this.ring = new RequestRing(dialect);
  }

  run(ms: number): Promise<LoadResult> {
    this.stretch = new Stretch(ms);
    const ended = this.stretch.ended();
    for (let client = 0; client < this.clients; client += 1) this.open();
    return ended;
  }

  onReady(link: Link): void {
    link.write(this.ring.slice(0, 1));
  }

  onAnswers(link: Link): void {
    const { stretch } = this;
    link.close();
    stretch.operations += 1;
    stretch.inFlight -= 1;
    if (stretch.isOpen) this.open();
    else stretch.settle();
  }

  onPushes(): void {}

  private open(): void {
    this.stretch.inFlight += 1;
    this.opened += 1;
    const localAddress = `127.0.1.${1 + (this.opened % ADDRESSES)}`;
    void new Link({ port: this.port, localAddress }, this.dialect, this);
  }
}
