import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Counter } from 'prom-client';
import {
  REJECT_CHANNEL,
  REJECT_LAYERS,
  REJECT_REASONS,
  SESSION_END_CHANNEL,
  SESSION_END_REASONS,
} from '../diagnostics.js';
import type { MetricSet } from './metric-set.js';

const LAYERS: ReadonlySet<string> = new Set(REJECT_LAYERS);
const REASONS: ReadonlySet<string> = new Set(REJECT_REASONS);
const TRANSPORTS: ReadonlySet<string> = new Set(['tcp', 'ws', 'http', 'tls']);

/**
 * Counts what is told on the diagnostics channels. Anybody in the process may publish there, so only words that this
 * package knows become labels; every other one becomes `other`.
 */
export class EventCounters {
  private readonly rejects: Counter<'layer' | 'reason' | 'transport'>;
  private readonly sessionEnds: Counter<'reason' | 'transport'>;

  constructor(
    metrics: MetricSet,
    private readonly isConnector: (name: string) => boolean,
  ) {
    this.rejects = metrics.counter('rejects_total', 'What was refused.', ['layer', 'reason', 'transport']);
    this.sessionEnds = metrics.counter('session_ends_total', 'Sessions that ended.', ['reason', 'transport']);
  }

  /** Begins to count. */
  start(): void {
    subscribe(REJECT_CHANNEL, this.onReject);
    subscribe(SESSION_END_CHANNEL, this.onSessionEnd);
  }

  /** Counts nothing any more. */
  stop(): void {
    unsubscribe(REJECT_CHANNEL, this.onReject);
    unsubscribe(SESSION_END_CHANNEL, this.onSessionEnd);
  }

  private readonly onReject = (event: unknown): void => {
    const layer = knownWord(event, 'layer', LAYERS);
    const reason = knownWord(event, 'reason', REASONS);
    this.rejects.inc({ layer, reason, transport: this.transportOf(event) });
  };

  private readonly onSessionEnd = (event: unknown): void => {
    const reason = knownWord(event, 'reason', SESSION_END_REASONS);
    this.sessionEnds.inc({ reason, transport: this.transportOf(event) });
  };

  private transportOf(event: unknown): string {
    const transport = wordOf(event, 'transport');
    return TRANSPORTS.has(transport) || this.isConnector(transport) ? transport : 'other';
  }
}

function knownWord(event: unknown, key: string, known: ReadonlySet<string>): string {
  const word = wordOf(event, key);
  return known.has(word) ? word : 'other';
}

function wordOf(event: unknown, key: string): string {
  if (typeof event !== 'object' || event === null) return '';
  const word: unknown = Reflect.get(event, key);
  return typeof word === 'string' ? word : '';
}
