import { Injectable } from '@nestjs/common';
import {
  InjectRemote,
  ServerRegistry,
  SessionDirectory,
  type LeaveReason,
  type PomeloLimits,
  type RemoteClient,
} from 'nestjs-pomelo';
import { nats } from 'nestjs-pomelo/nats';
import { startApp, type RunningApp } from '../../../support/pomelo-app.js';
import { WorkRemote } from '../../processes/work.remote.js';
import { HEARTBEAT_MS, type BeatClock } from './beat-clock.js';

@Injectable()
class Caller {
  constructor(@InjectRemote(WorkRemote) readonly work: RemoteClient<WorkRemote>) {}
}

/** When the observer learnt that a server left, in heartbeats, and why. */
export interface Leave {
  readonly id: string;
  readonly why: LeaveReason | undefined;
  readonly at: number;
}

/** A member of the cluster in this process: it calls the others, and sees them come and go. */
export class Observer {
  readonly leaves: Leave[] = [];
  readonly work: RemoteClient<WorkRemote>;
  readonly registry: ServerRegistry;
  readonly directory: SessionDirectory;

  private constructor(
    readonly running: RunningApp,
    clock: BeatClock,
  ) {
    this.work = running.app.get(Caller).work;
    this.registry = running.app.get(ServerRegistry);
    this.directory = running.app.get(SessionDirectory);
    this.registry.on('leave', ({ id }, why) => this.leaves.push({ id, why, at: clock.now() }));
  }

  static async start(
    servers: readonly string[],
    clock: BeatClock,
    id = 'observer',
    limits: Partial<PomeloLimits> = {},
  ): Promise<Observer> {
    const running = await startApp({
      providers: [Caller],
      options: {
        connectors: [],
        cluster: nats({ servers }),
        server: { id, types: [] },
        limits: { clusterHeartbeatMs: HEARTBEAT_MS, ...limits },
      },
    });
    return new Observer(running, clock);
  }

  /** The server with this id, as this one sees it, is there. */
  sees(id: string): boolean {
    return this.registry.get(id) !== undefined;
  }
}
