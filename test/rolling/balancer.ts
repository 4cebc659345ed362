import { tcpTransport, type TransportFactory } from 'nestjs-pomelo-client';
import type { Post } from '../fleet/fleet.js';

const dial = tcpTransport();

/** Lets clients connect to the frontends in turn, as a load balancer does: to those that are ready. */
export class Balancer {
  /** Servers that have been told to stop, or have not started again. */
  readonly away = new Set<Post>();
  private turn = 0;

  constructor(private readonly frontends: readonly Post[]) {}

  readonly transport: TransportFactory = (endpoint, sink, signal) => {
    const ready = this.frontends.filter((post) => !this.away.has(post));
    this.turn += 1;
    const { port } = ready[this.turn % ready.length]?.member ?? endpoint;
    dial({ ...endpoint, port }, sink, signal);
  };
}
