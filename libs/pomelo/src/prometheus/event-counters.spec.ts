import { channel } from 'node:diagnostics_channel';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { CLOSE_REASONS } from '../connectors/connector.interface.js';
import { REJECT_CHANNEL, REJECT_LAYERS, REJECT_REASONS, SESSION_END_CHANNEL } from '../diagnostics.js';
import { EventCounters } from './event-counters.js';
import { MetricSet } from './metric-set.js';

const rejects = channel(REJECT_CHANNEL);
const sessionEnds = channel(SESSION_END_CHANNEL);

/** Every value that a label may ever have. */
const WORDS: readonly string[] = [
  ...REJECT_LAYERS,
  ...REJECT_REASONS,
  ...CLOSE_REASONS,
  'tcp',
  'ws',
  'http',
  'tls',
  'LineConnector',
  'other',
];

describe('the counters of refusals and of ended sessions', () => {
  let registry: Registry;
  let counters: EventCounters;

  beforeEach(() => {
    registry = new Registry();
    counters = new EventCounters(new MetricSet(registry, ''), (name) => name === 'LineConnector');
    counters.start();
  });
  afterEach(() => counters.stop());

  /** The samples as Prometheus reads them. */
  async function samples(): Promise<string[]> {
    return (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  }

  it('count what is told, by layer, reason and transport', async () => {
    rejects.publish({ layer: 'package', reason: 'oversize', transport: 'ws' });
    rejects.publish({ layer: 'package', reason: 'oversize', transport: 'ws' });
    rejects.publish({ layer: 'session', reason: 'push_dropped', transport: 'LineConnector' });
    sessionEnds.publish({ reason: 'replaced', transport: 'tls' });
    expect(await samples()).toEqual([
      'rejects_total{layer="package",reason="oversize",transport="ws"} 2',
      'rejects_total{layer="session",reason="push_dropped",transport="LineConnector"} 1',
      'session_ends_total{reason="replaced",transport="tls"} 1',
    ]);
  });

  it('count a word that nobody here said as other, so that no client names a time series', async () => {
    rejects.publish({ layer: 'the client', reason: 'says "hello"', transport: 'StrangeConnector' });
    sessionEnds.publish({ reason: 'cheating', transport: '\n' });
    expect(await samples()).toEqual([
      'rejects_total{layer="other",reason="other",transport="other"} 1',
      'session_ends_total{reason="other",transport="other"} 1',
    ]);
  });

  it('have none but known labels, whatever is published', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom(...WORDS),
      fc.constantFrom('__proto__', 'constructor'),
    );
    const word = fc.oneof({ weight: 4, arbitrary: text }, fc.anything());
    const event = fc.oneof(fc.anything(), fc.record({ layer: word, reason: word, transport: word }));
    fc.assert(
      fc.property(event, (published) => {
        rejects.publish(published);
        sessionEnds.publish(published);
      }),
    );
    const metrics = await registry.getMetricsAsJSON();
    const values = metrics.flatMap((metric) => metric.values.flatMap(({ labels }) => Object.values(labels)));
    expect(values).toContain('other');
    expect(values.filter((value) => !WORDS.includes(String(value)))).toEqual([]);
  });

  it('count nothing more once they are stopped', async () => {
    counters.stop();
    rejects.publish({ layer: 'package', reason: 'oversize', transport: 'ws' });
    expect(await samples()).toEqual([]);
  });
});
