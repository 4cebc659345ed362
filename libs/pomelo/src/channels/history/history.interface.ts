/** How much of what was pushed to a channel is kept. */
export interface HistoryOptions {
  /** Messages, at most; 1 to 100000. `limits.historyBytes` bounds their bytes. */
  readonly size: number;
  /** Time for which a message is kept, in ms. Default 300000, five minutes. */
  readonly ageMs?: number;
  /**
   * Gives bodies that are plain objects their offset, under this name: so a client finds out that it has missed something,
   * or has it twice. Default: bodies are pushed as they are.
   */
  readonly stamp?: string;
}

/** A place in the history of a channel. */
export interface HistoryPosition {
  /** Changes whenever offsets begin anew. */
  readonly epoch: string;
  /** Number of the last message, from 1; 0 is before the first. */
  readonly offset: number;
}

/** A message that was kept. */
export interface HistoryMessage {
  readonly offset: number;
  readonly route: string;
  /** As it was pushed, without a stamp. */
  readonly body: unknown;
}

/** What a history has for somebody who comes, or comes back. `epoch` and `offset` are where it ends. */
export interface HistoryAnswer extends HistoryPosition {
  /** `messages` is everything since the position that was asked for. False also when none was. */
  readonly recovered: boolean;
  /** In order; when nothing is recovered, all that is kept. */
  readonly messages: readonly HistoryMessage[];
}
