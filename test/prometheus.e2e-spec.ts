import { NestFactory } from '@nestjs/core';
import { hybrid, PomeloAdapter, PomeloModule } from 'nestjs-pomelo';
import { PomeloMetrics, PomeloPrometheusModule } from 'nestjs-pomelo/prometheus';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Counter, Gauge, Registry } from 'prom-client';
import { LineConnector } from './fixtures/line.connector.js';
import { LineClient } from './support/line-client.js';
import { Desk, makeTraffic, PATIENT, startMeasured as start } from './support/measured-app.js';
import { closeAfterTest, refusalOf, startApp } from './support/pomelo-app.js';
import { RawClient } from './support/raw-client.js';
import { RecordingLogger } from './support/recording-logger.js';
import { scrape } from './support/scrape.js';
import { until } from './support/until.js';

/** A row of the table in the documentation. */
interface DocumentedMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

const page = readFileSync(join(import.meta.dirname, '../docs/operations.md'), 'utf8');
const documented: DocumentedMetric[] = [
  ...page.matchAll(/^\| `(pomelo_\w+)` +\| (\w+) +\| ([^|]+?) +\|/gm),
].map(([, name = '', type = '', labels = '']) => ({
  name,
  type,
  labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label),
}));

/** Starts an application whose PomeloModule is not global, and stops it. */
async function startAndStop(registry: Registry): Promise<void> {
  const imports = [
    PomeloModule.forRoot({ connectors: [hybrid({ port: 0, host: '127.0.0.1' })], isGlobal: false }),
    PomeloPrometheusModule.forRoot({ registry, port: 0, defaultMetrics: true }),
  ];
  const app = await NestFactory.createApplicationContext({ module: Desk, imports }, { logger: false });
  await app.close();
}

/** Somebody listens on the diagnostics channels. */
function subscribers(): boolean[] {
  return ['nestjs-pomelo:reject', 'nestjs-pomelo:session-end'].map((name) => channel(name).hasSubscribers);
}

describe('the metrics page', () => {
  it('shows exactly the metrics that the documentation lists, with their types and labels', async () => {
    const running = await start({}, { limits: PATIENT });
    await makeTraffic(running);
    const { types, samples } = await running.read();
    expect([...types]).toEqual(documented.map(({ name, type }) => [name, type]));
    for (const { name, labels } of documented) {
      const shown = samples.filter((sample) => sample.name === name);
      expect(shown.map((sample) => Object.keys(sample.labels))).toEqual(shown.map(() => labels));
    }
  });

  it('moves every number when clients come, talk, break the rules and go', async () => {
    const running = await start({}, { limits: PATIENT });
    const before = await running.read();
    await makeTraffic(running);
    const { sum } = await running.read();
    expect(before.samples.filter(({ value }) => value !== 0)).toEqual([]);
    expect(documented.filter(({ name }) => !(sum(name) > 0))).toEqual([]);
    expect(sum('pomelo_connections')).toBe(2);
    expect(sum('pomelo_sessions')).toBe(3);
    expect(sum('pomelo_sessions_away')).toBe(1);
    expect(sum('pomelo_bound_users')).toBe(1);
    expect(sum('pomelo_requests_in_flight')).toBe(1);
    const messages = ['request', 'notify', 'response', 'push'].map((type) =>
      sum('pomelo_messages_total', { connector: 'HybridConnector', type }),
    );
    expect(messages).toEqual([4, 1, 3, 3]);
    expect(sum('pomelo_rejects_total', { layer: 'package', reason: 'bad_type', transport: 'tcp' })).toBe(1);
    expect(sum('pomelo_session_ends_total', { reason: 'bad_type', transport: 'tcp' })).toBe(1);
    expect(sum('pomelo_session_ends_total', { reason: 'kick', transport: 'ws' })).toBe(1);
  });

  it('calls the transport of a connector of the application by its class name, also while the server stops', async () => {
    const { app, port, metrics } = await start({}, { connectors: [new LineConnector()] });
    const ends = metrics.registry.getSingleMetric('pomelo_session_ends_total');
    const client = await LineClient.open(port);
    await client.ask(1, 't.desk.say', { text: 'x' });
    await app.close();
    expect((await ends?.get())?.values).toEqual([
      { value: 1, labels: { reason: 'stopping', transport: 'LineConnector' } },
    ]);
  });

  it('adds up connectors of one class, and shows the same when it is read again', async () => {
    const { app, read } = await start({}, { connectors: [new LineConnector(), new LineConnector()] });
    for (const { port } of app.get(PomeloAdapter).addresses())
      await (await LineClient.open(port)).ask(1, 't.desk.say', { text: 'x' });
    const scrapes = [await read(), await read()];
    const requests = { connector: 'LineConnector', type: 'request' };
    expect(scrapes.map(({ sum }) => sum('pomelo_messages_total', requests))).toEqual([2, 2]);
  });

  it('shows memory and descriptors of the process to every application that asks, and watches it once', async () => {
    const watches = new Set();
    for (let times = 0; times < 2; times += 1) {
      const { metrics, read, close } = await start({ defaultMetrics: true });
      watches.add(metrics.registry.getSingleMetric('nodejs_gc_duration_seconds'));
      const { sum } = await read();
      expect(sum('process_resident_memory_bytes')).toBeGreaterThan(0);
      await close();
    }
    expect(watches.size).toBe(1);
  });

  it.each([
    ['another path', '/', 'GET'],
    ['a path that goes on', '/metrics/x', 'GET'],
    ['another method', '/metrics', 'POST'],
  ])('is all that its port has: %s is answered with 404', async (_name, path, method) => {
    const { metrics } = await start();
    const { status } = await fetch(`http://127.0.0.1:${metrics.port}${path}`, { method });
    expect(status).toBe(404);
  });

  it('answers with 500 when a metric of the application fails, and goes on', async () => {
    const registry = new Registry();
    let failing = true;
    const collect = (): void => {
      if (failing) throw new Error('no number today');
    };
    registry.registerMetric(new Gauge({ name: 'own', help: 'Own.', registers: [], collect }));
    const { metrics, read, log } = await start({ registry });
    const { status } = await fetch(`http://127.0.0.1:${metrics.port}/metrics`);
    expect([status, log.matching('error', 'no number today').length]).toEqual([500, 1]);
    failing = false;
    expect((await read()).types.get('own')).toBe('gauge');
  });
});

describe('the metrics of an application', () => {
  it('stand next to its own in its registry, under the prefix it wants, and leave with the server', async () => {
    const registry = new Registry();
    registry.registerMetric(new Counter({ name: 'own_total', help: 'Own.', registers: [] }));
    const { metrics, close } = await start({ registry, prefix: 'game_' });
    expect(metrics.registry).toBe(registry);
    const names = registry.getMetricsAsArray().map(({ name }) => name);
    expect(names).toEqual(['own_total', ...documented.map(({ name }) => name.replace('pomelo_', 'game_'))]);
    await close();
    expect(registry.getMetricsAsArray().map(({ name }) => name)).toEqual(['own_total']);
  });

  it('need no port: the application may serve them itself', async () => {
    const imports = [PomeloPrometheusModule.forRootAsync({ useFactory: () => ({}) })];
    const { app, connect } = await startApp({ providers: [Desk], imports });
    await (await connect()).request('t.desk.enter', { uid: 'ann' });
    const metrics = app.get(PomeloMetrics);
    expect(metrics.port).toBeUndefined();
    expect(await metrics.registry.metrics()).toContain('\npomelo_bound_users 1\n');
  });

  it('stop the start when their port is taken, and leave nothing behind', async () => {
    const squatter = createServer();
    squatter.listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    closeAfterTest({ close: () => new Promise((resolve) => squatter.close(resolve)) });
    const { port } = squatter.address() as AddressInfo;
    const registry = new Registry();
    expect(await refusalOf(() => start({ registry, port }))).toContain('EADDRINUSE');
    expect(registry.getMetricsAsArray()).toEqual([]);
    expect(subscribers()).toEqual([false, false]);
  });

  it('leave no subscriber and no metric after 200 starts and stops', async () => {
    const registry = new Registry();
    for (let times = 0; times < 200; times += 1) await startAndStop(registry);
    expect(subscribers()).toEqual([false, false]);
    expect(registry.getMetricsAsArray()).toEqual([]);
  });
});

describe('the module of the documentation', () => {
  it('serves its metrics, and logs what was refused', async () => {
    Object.assign(process.env, { PORT: '0', METRICS_PORT: '0' });
    const { AppModule } = await import('./fixtures/guide/metrics.module.js');
    const log = new RecordingLogger();
    const app = closeAfterTest(await NestFactory.createApplicationContext(AppModule, { logger: log }));
    const client = await RawClient.open(app.get(PomeloAdapter).addresses()[0]?.port ?? 0);
    client.send(Buffer.from('?'));
    await client.closed;
    await until(() => log.matching('debug', 'refused on tcp: bad_first_byte (transport)').length === 1);
    const { sum } = await scrape(app.get(PomeloMetrics).port);
    expect(sum('pomelo_rejects_total', { reason: 'bad_first_byte' })).toBe(1);
  });
});
