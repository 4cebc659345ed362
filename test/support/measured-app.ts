import { Body } from '@nestjs/common';
import {
  ChannelService,
  ConnectedSession,
  Handler,
  PomeloStatistics,
  SessionService,
  type PomeloModuleOptions,
  type Session,
} from 'nestjs-pomelo';
import {
  PomeloMetrics,
  PomeloPrometheusModule,
  type PomeloPrometheusOptions,
} from 'nestjs-pomelo/prometheus';
import { startApp, type RunningApp } from './pomelo-app.js';
import { RawClient, request } from './raw-client.js';
import { scrape, type Scrape } from './scrape.js';
import { until } from './until.js';

/** More than the buffers of two sockets hold. */
const FLOOD_BYTES = 15_000_000;
/** The flood is still there, and the request still in flight, when a slow machine gets to the scrape. */
export const PATIENT = { writeBufferHardBytes: 2 * FLOOD_BYTES, writeStallMs: 60_000, requestMs: 60_000 };

/** Pushes to a channel, floods its client, and lets it wait. */
@Handler('t.desk')
export class Desk {
  constructor(private readonly channels: ChannelService) {}

  @Handler() async enter(@Body('uid') uid: string, @ConnectedSession() session: Session): Promise<void> {
    await session.bind(uid);
    this.channels.createChannel('desk').add(session);
  }
  @Handler() async say(@Body('text') text: string): Promise<void> {
    const desk = this.channels.createChannel('desk');
    await desk.pushMessage('onLate', {}, { deadlineMs: 0 });
    await desk.pushMessage('onSay', { text });
  }
  @Handler() async flood(@ConnectedSession() session: Session): Promise<void> {
    await session.send('onFlood', 'x'.repeat(FLOOD_BYTES));
  }
  @Handler() hang(): Promise<never> {
    return new Promise(() => {});
  }
}

/** A started application with metrics. */
export interface Measured extends RunningApp {
  readonly metrics: PomeloMetrics;
  readonly read: () => Promise<Scrape>;
}

/** Starts an application that serves its metrics on a free port. */
export async function startMeasured(
  prometheus: PomeloPrometheusOptions = {},
  options: PomeloModuleOptions = {},
): Promise<Measured> {
  const imports = [PomeloPrometheusModule.forRoot({ port: 0, ...prometheus })];
  const running = await startApp({ providers: [Desk], imports, options, hybrid: { resume: true } });
  const metrics = running.app.get(PomeloMetrics);
  return { ...running, metrics, read: () => scrape(metrics.port) };
}

/** Something of everything: it leaves every metric with a value that is not 0. */
export async function makeTraffic({ app, port, connect }: RunningApp): Promise<void> {
  const ann = await connect();
  const bob = await connect({ protocol: 'ws' });
  await ann.request('t.desk.enter', { uid: 'ann' });
  await bob.request('t.desk.enter', { uid: 'bob' });
  const said = [ann.once('onSay'), bob.once('onSay')];
  ann.notify('t.desk.say', { text: 'hello' });
  await Promise.all(said);
  ann.request('t.desk.hang').catch(() => {});

  const deaf = await RawClient.ready(port);
  deaf.socket.pause();
  deaf.send(request(1, 't.desk.flood'));
  const statistics = app.get(PomeloStatistics);
  await until(() => statistics.snapshot().outstandingBytes > 0);

  const lost = await RawClient.ready(port, { resume: {} });
  await until(() => statistics.snapshot().sessions === 4);
  await lost.close();
  await until(() => statistics.snapshot().sessionsAway === 1);

  const malformed = await RawClient.ready(port);
  malformed.send(Buffer.from([9, 0, 0, 0]));
  await malformed.closed;
  await app.get(SessionService).kick('bob', 'a word of our own');
  await until(() => statistics.snapshot().connections === 2);
}
