import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FleetOrder } from './fleet.js';

const WORKER = join(import.meta.dirname, 'fleet-worker.js');

/** What a fleet is told to do. */
export type FleetCommand = { readonly open: FleetOrder } | { readonly reset: true };

/** How a command went. */
export interface FleetReport {
  readonly failures: number;
  readonly firstFailure: string | undefined;
}

/** A fleet in a process of its own: what it does never keeps this one waiting. */
export class FleetProcess {
  private readonly child: ChildProcess = fork(WORKER);
  private readonly ended = once(this.child, 'exit').then(() =>
    Promise.reject(new Error('the fleet has ended')),
  );

  constructor() {
    // Told to whoever waits for a report, if somebody does.
    this.ended.catch(() => {});
  }

  /** Opens all connections; fulfils when every client is working or has failed. */
  open(order: FleetOrder): Promise<FleetReport> {
    return this.command({ open: order });
  }

  /** Resets every connection; fulfils when it is done on this side. */
  reset(): Promise<FleetReport> {
    return this.command({ reset: true });
  }

  /** Ends it, with all connections that are left. */
  stop(): void {
    this.child.kill('SIGKILL');
  }

  private async command(command: FleetCommand): Promise<FleetReport> {
    const reported = once(this.child, 'message') as Promise<[FleetReport]>;
    this.child.send(command);
    const [report] = await Promise.race([reported, this.ended]);
    return report;
  }
}
