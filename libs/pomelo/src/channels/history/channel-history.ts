import { encodePush, type Push } from '../push.js';
import type { HistoryAnswer, HistoryOptions, HistoryPosition } from './history.interface.js';
import { HistoryLog } from './history-log.js';
import { resolveHistory, type HistoryBounds } from './history-options.js';
import { answerFrom, readFrom } from './recovery.js';
import { stamped } from './stamped.js';

/** The history of a channel that lives on this server. */
export class ChannelHistory {
  private readonly log = new HistoryLog();
  private readonly bounds: HistoryBounds;
  private readonly stamp: string | undefined;

  /** Throws `OPTION_INVALID`. */
  constructor(options: HistoryOptions, maxBytes: number) {
    this.bounds = resolveHistory(options, maxBytes);
    this.stamp = options.stamp;
  }

  get position(): HistoryPosition {
    return { epoch: this.log.epoch, offset: this.log.offset };
  }

  /** Keeps a push, and gives it as it is sent. Those on terms are worth something only now. Throws when the body cannot be kept. */
  record(push: Push): Push {
    if (push.terms !== undefined) return push;
    return stamped(push, this.stamp, this.log.append(encodePush(push), this.bounds));
  }

  /** What came after a position. */
  since(position: HistoryPosition | undefined): HistoryAnswer {
    // Somebody of another epoch gets everything that is kept.
    const after = position?.epoch === this.log.epoch ? readFrom(position) : 0;
    return answerFrom(this.log.read(after), position);
  }
}
