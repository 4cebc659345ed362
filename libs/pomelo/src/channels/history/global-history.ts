import { Inject, Injectable } from '@nestjs/common';
import { describeError } from '../../errors/describe-error.js';
import { pomeloError } from '../../errors/pomelo.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../../options/resolved-options.js';
import { encodePush, type Push } from '../push.js';
import type { ChannelHistoryStore, KeptHistory } from './channel-history-store.interface.js';
import type { HistoryAnswer, HistoryOptions, HistoryPosition } from './history.interface.js';
import { resolveHistory } from './history-options.js';
import { MemoryChannelHistory } from './memory-channel-history.js';
import { answerFrom, readFrom } from './recovery.js';
import { stamped } from './stamped.js';

/** A push that was kept, as it is sent. */
export interface Recorded {
  readonly push: Push;
  readonly position: HistoryPosition;
}

/** The history of cluster-wide channels, in the store of the options. */
@Injectable()
export class GlobalHistory {
  private readonly given: ChannelHistoryStore | undefined;
  private readonly maxBytes: number;

  constructor(@Inject(POMELO_OPTIONS) { channels, cluster, limits }: ResolvedOptions) {
    // What one process keeps is the history of the channel only where there is no other one.
    this.given = channels.history ?? (cluster === undefined ? new MemoryChannelHistory() : undefined);
    this.maxBytes = limits.historyBytes;
  }

  /** Keeps a push. Rejects with `HISTORY_WITHOUT_STORE`, `HISTORY_FAILED` or `OPTION_INVALID`, or when the body cannot travel. */
  async record(channel: string, push: Push, options: HistoryOptions): Promise<Recorded> {
    const bounds = resolveHistory(options, this.maxBytes);
    const position = await guarded(channel, this.store(channel).append(channel, encodePush(push), bounds));
    return { push: stamped(push, options.stamp, position.offset), position };
  }

  /** What came after a position. Rejects with `HISTORY_WITHOUT_STORE` or `HISTORY_FAILED`. */
  async since(channel: string, position: HistoryPosition | undefined): Promise<HistoryAnswer> {
    const from = readFrom(position);
    const answer = answerFrom(await this.read(channel, from), position);
    // Somebody of another epoch gets everything that is kept.
    return answer.recovered || from === 0 ? answer : answerFrom(await this.read(channel, 0), position);
  }

  /** Forgets a channel. Rejects as {@link since}. */
  async remove(channel: string): Promise<void> {
    await guarded(channel, this.store(channel).remove(channel));
  }

  private async read(channel: string, after: number): Promise<KeptHistory> {
    const kept = await guarded(channel, this.store(channel).read(channel, after));
    return kept ?? { epoch: '', offset: 0, first: 1, messages: [] };
  }

  private store(channel: string): ChannelHistoryStore {
    if (this.given === undefined) throw pomeloError('HISTORY_WITHOUT_STORE', { channel });
    return this.given;
  }
}

async function guarded<T>(channel: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw pomeloError('HISTORY_FAILED', { channel, detail: describeError(error) });
  }
}
