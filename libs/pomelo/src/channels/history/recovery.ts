import { decodePush } from '../push.js';
import type { KeptHistory } from './channel-history-store.interface.js';
import type { HistoryAnswer, HistoryPosition } from './history.interface.js';

/** From which offset on a history has to be read for somebody who has everything up to a position. */
export function readFrom(since: HistoryPosition | undefined): number {
  return isPosition(since) ? since.offset : 0;
}

/** What a history has for somebody who has everything up to `since`. Reading began at {@link readFrom}, or before it. */
export function answerFrom(kept: KeptHistory, since: HistoryPosition | undefined): HistoryAnswer {
  const { epoch, offset, first, messages } = kept;
  const isHere = isPosition(since) && since.epoch === epoch;
  const recovered = isHere && since.offset <= offset && since.offset >= first - 1;
  const start = offset - messages.length + 1;
  const missed = recovered ? messages.slice(Math.max(0, since.offset + 1 - start)) : messages;
  const from = offset - missed.length + 1;
  return {
    recovered,
    messages: missed.map((bytes, index) => ({ offset: from + index, ...messageOf(bytes) })),
    epoch,
    offset,
  };
}

/** Positions come from clients. */
export function isPosition(value: HistoryPosition | undefined): value is HistoryPosition {
  const { epoch, offset } = (value ?? {}) as { epoch?: unknown; offset?: unknown };
  return (
    typeof epoch === 'string' && typeof offset === 'number' && Number.isSafeInteger(offset) && offset >= 0
  );
}

function messageOf(bytes: Uint8Array): { readonly route: string; readonly body: unknown } {
  const { route, body } = decodePush(bytes);
  return { route, body };
}
