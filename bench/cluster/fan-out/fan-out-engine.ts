import { BenchProcess } from '../../process/bench-process.js';
import type { FanOutSettings } from './fan-out-settings.js';

/** A process with some of the receivers. */
export interface ReceiversApi {
  /** Fulfils when each of its receivers has got as many messages since the start. */
  haveGot(messages: number): Promise<void>;
}

/** The process that publishes. */
export interface PublisherApi {
  /** So many messages, some in each turn of its event loop. */
  publish(messages: number, aTurn: number): Promise<void>;
}

/** Messages are as large. */
export const FAN_OUT_BYTES = 100;
/** Receivers, each with a connection of its own, in {@link PROCESSES} processes. */
export const RECEIVERS = 10;
const PROCESSES = 2;

/** One publisher and ten receivers, by one of the ways. */
export class FanOutEngine {
  private published = 0;

  private constructor(
    private readonly publisher: BenchProcess<PublisherApi>,
    private readonly receivers: readonly BenchProcess<ReceiversApi>[],
  ) {}

  /** Starts the receivers, and then who publishes to them. */
  static async start(way: 'channel' | 'bare', natsUrl: string): Promise<FanOutEngine> {
    const receivers: BenchProcess<ReceiversApi>[] = [];
    for (let index = 0; index < PROCESSES; index += 1) {
      const settings: FanOutSettings = {
        natsUrl,
        name: `frontend-${index}`,
        receivers: RECEIVERS / PROCESSES,
      };
      receivers.push(await BenchProcess.start<ReceiversApi>(`cluster/fan-out/${way}-receivers`, settings));
    }
    const settings: FanOutSettings = { natsUrl, name: 'publisher', receivers: RECEIVERS };
    const publisher = await BenchProcess.start<PublisherApi>(`cluster/fan-out/${way}-publisher`, settings);
    return new FanOutEngine(publisher, receivers);
  }

  /** Its processes, without the broker. */
  get pids(): number[] {
    return [this.publisher, ...this.receivers].map(({ pid }) => pid);
  }

  /** Publishes, and waits until everybody has got it. */
  async burst(messages: number, aTurn: number): Promise<void> {
    this.published += messages;
    const haveGot = this.receivers.map((process) => process.ask('haveGot', this.published));
    await Promise.all([this.publisher.ask('publish', messages, aTurn), ...haveGot]);
  }

  async stop(): Promise<void> {
    for (const process of [this.publisher, ...this.receivers]) await process.stop();
  }
}
