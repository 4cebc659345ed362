import type { ConnectorStatistics, PomeloSnapshot } from '../statistics/statistics.service.js';
import type { MetricSet } from './metric-set.js';

/** What the label `type` of the messages may be, and where its number stands. */
const MESSAGE_TYPES = [
  ['request', 'requests'],
  ['notify', 'notifies'],
  ['response', 'responses'],
  ['push', 'pushes'],
] as const satisfies readonly (readonly [type: string, counter: keyof ConnectorStatistics])[];

/** Why pushes were not sent, and where its number stands. */
const UNSENT_REASONS = [
  ['skipped', 'pushesSkipped'],
  ['replaced', 'pushesReplaced'],
  ['expired', 'pushesExpired'],
] as const satisfies readonly (readonly [reason: string, counter: keyof ConnectorStatistics])[];

/** Registers what a snapshot says; one is taken for all that is read in the same turn. */
export function registerSnapshot(metrics: MetricSet, take: () => PomeloSnapshot): void {
  const read = oncePerTurn(take);
  metrics.gauge('connections', 'Open connections.', () => read().connections);
  metrics.gauge('sessions', 'Sessions.', () => read().sessions);
  metrics.gauge('sessions_away', 'Sessions that wait for their clients.', () => read().sessionsAway);
  metrics.gauge('bound_users', 'Users with at least one session.', () => read().boundUsers);
  metrics.gauge('channels', 'Channels.', () => read().channels);
  metrics.gauge('requests_in_flight', 'Messages whose handler is running.', () => read().requestsInFlight);
  metrics.gauge(
    'outstanding_bytes',
    'Bytes sent that their clients have not taken yet.',
    () => read().outstandingBytes,
  );
  metrics.reading('received_bytes_total', 'Bytes received.', [], () => [[{}, read().bytesRead]]);
  metrics.reading('sent_bytes_total', 'Bytes sent.', [], () => [[{}, read().bytesWritten]]);
  metrics.reading('messages_total', 'Messages of clients, answers and pushes.', ['connector', 'type'], () =>
    messagesOf(read()),
  );
  metrics.reading(
    'pushes_unsent_total',
    'Pushes that were not sent, as their options say.',
    ['connector', 'reason'],
    () => unsentOf(read()),
  );
}

function* unsentOf({
  connectors,
}: PomeloSnapshot): Generator<[{ connector: string; reason: string }, number]> {
  for (const statistics of connectors) {
    for (const [reason, counter] of UNSENT_REASONS)
      yield [{ connector: statistics.name, reason }, statistics[counter]];
  }
}

function* messagesOf({
  connectors,
}: PomeloSnapshot): Generator<[{ connector: string; type: string }, number]> {
  for (const statistics of connectors) {
    for (const [type, counter] of MESSAGE_TYPES)
      yield [{ connector: statistics.name, type }, statistics[counter]];
  }
}

/** A scrape reads every metric in one turn, and a snapshot looks at every session. */
function oncePerTurn<T>(take: () => T): () => T {
  let taken: { readonly value: T } | undefined;
  return () => {
    if (taken === undefined) {
      taken = { value: take() };
      queueMicrotask(() => (taken = undefined));
    }
    return taken.value;
  };
}
