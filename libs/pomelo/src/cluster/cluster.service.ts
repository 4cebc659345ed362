import { Inject, Injectable, Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import type { ClusterTransport, FrameSink, PeerId } from './cluster-driver.interface.js';
import { decodeAnnouncement, encodeAnnouncement } from './frames.js';
import { memory } from './memory/memory.driver.js';
import type { ListenAddress, ServerInfo } from './server-info.interface.js';
import { ServerRegistry } from './server-registry.js';

/** What takes the frames of peers: the call layer. */
export interface FrameReceiver {
  frame(from: PeerId, bytes: Uint8Array): void;
  notDelivered(to: string, batchNo: number): void;
}

/** Joins the cluster, keeps the registry, and moves frames. */
@Injectable()
export class ClusterService implements FrameSink {
  private readonly logger = new Logger('Pomelo');
  private readonly transport: ClusterTransport;
  private readonly inc = randomBytes(6).toString('hex');
  private receiver: FrameReceiver | undefined;

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly registry: ServerRegistry,
  ) {
    this.transport = (options.cluster ?? memory()).createTransport();
  }

  /** Joins with the hosted types; the receiver gets the frames. Rejects with `SERVER_DUPLICATE`. */
  async join(types: readonly string[], receiver: FrameReceiver): Promise<void> {
    this.receiver = receiver;
    const { id, metadata } = this.options.server;
    await this.transport.open({ id, inc: this.inc, types }, this);
    await this.transport.listen(true);
    for (const peer of await this.transport.hello()) this.announcement(peer);
    const frontend = this.options.connectors.length > 0;
    this.announceSelf({ id, inc: this.inc, types, frontend, addresses: [], state: 'up', metadata });
  }

  /** Tells the cluster where clients find this server. */
  listening(addresses: readonly ListenAddress[]): void {
    this.announceSelf({ ...this.registry.self, addresses });
  }

  /** Leaves: nothing new comes in, peers are told. */
  async leave(): Promise<void> {
    if (this.receiver === undefined) return;
    this.receiver = undefined;
    this.transport.announce(encodeAnnouncement({ leave: { id: this.options.server.id, inc: this.inc } }));
    await this.transport.listen(false);
    await this.transport.flush();
    await this.transport.close();
  }

  /** Sends one frame; `notDelivered` of the receiver names it by `batchNo`. */
  send(to: string, batchNo: number, bytes: Uint8Array): void {
    this.transport.send(to, batchNo, bytes);
  }

  private announceSelf(self: ServerInfo): void {
    this.registry.setSelf(self);
    this.transport.announce(encodeAnnouncement({ join: self }));
  }

  batch(from: PeerId, bytes: Uint8Array): void {
    this.receiver?.frame(from, bytes);
  }

  notDelivered(to: string, batchNo: number): void {
    this.receiver?.notDelivered(to, batchNo);
  }

  announcement(bytes: Uint8Array): void {
    const news = decodeAnnouncement(bytes);
    if (isServerInfo(news?.['join'])) this.registry.add(news['join']);
    else if (isPeer(news?.['leave'])) this.registry.remove(news['leave'].id, news['leave'].inc);
  }

  state(state: 'up' | 'down'): void {
    this.logger.debug(`The cluster link is ${state}`);
  }
}

function isPeer(value: unknown): value is PeerId {
  return typeof value === 'object' && value !== null && 'id' in value && 'inc' in value;
}

function isServerInfo(value: unknown): value is ServerInfo {
  return isPeer(value) && 'types' in value && Array.isArray(value.types) && 'state' in value;
}
