import { Packr } from 'msgpackr';
import { memory, type ClusterTransport, type FrameSink, type ServerInfo } from 'nestjs-pomelo';
import { closeAfterTest } from '../support/pomelo-app.js';
import { until } from '../support/until.js';
import { startServer, type ClusterApp } from './behaviour/cluster-apps.js';

const codec = new Packr({ useRecords: false });

/** A server that says what it likes, beside one of ours. */
class Stranger implements FrameSink {
  readonly received: Uint8Array[] = [];
  state(): void {}
  announcement(): void {}
  notDelivered(): void {}
  batch(_from: unknown, bytes: Uint8Array): void {
    this.received.push(bytes);
  }
}

async function startBeside(id: string): Promise<{ server: ClusterApp; transport: ClusterTransport }> {
  const driver = memory();
  const server = await startServer({ driver: () => driver, close: async () => {} }, 'chat-1');
  const transport = closeAfterTest(driver.createTransport());
  const self = { id, inc: 'x', role: 'chat', types: ['chat'], namespace: 'pomelo' };
  await transport.open(self, new Stranger());
  await transport.listen(true);
  return { server, transport };
}

function infoOf(id: string): ServerInfo {
  const load = { calls: 0, sessions: 0 };
  return { id, inc: 'x', types: ['chat'], frontend: true, state: 'up', addresses: [], metadata: {}, load };
}

it('a server of another version is not sent to, and named in the log once', async () => {
  const { server, transport } = await startBeside('chat-9');
  for (let beat = 0; beat < 3; beat += 1) transport.announce(codec.pack([2, 1, infoOf('chat-9')]));
  await until(() => server.log.matching('warn', 'Server chat-9 speaks version 2').length > 0);
  await new Promise(setImmediate);
  expect(server.log.matching('warn', 'Server chat-9 speaks version 2')).toHaveLength(1);
  expect(server.registry.get('chat-9')).toBeUndefined();
});

it.each<[string, unknown]>([
  ['no announcement', 'nonsense'],
  ['one of somebody else', [1, 1, infoOf('chat-8')]],
  ['one of another role', [1, 1, { ...infoOf('chat-9'), types: ['gate'] }]],
  ['one without its types', [1, 1, { id: 'chat-9', inc: 'x' }]],
])('a server whose announcement is %s is not known', async (_what, words) => {
  const { server, transport } = await startBeside('chat-9');
  transport.announce(codec.pack(words));
  transport.announce(Buffer.from([0xc1]));
  await until(
    () => server.log.matching('warn', 'chat-9').length + server.log.matching('error', 'chat-9').length > 0,
  );
  expect([...server.registry.all()].map(({ id }) => id)).toEqual(['chat-1']);
});

it('bytes that are no frames, and frames that nobody asked for, hurt nobody', async () => {
  const { server, transport } = await startBeside('chat-9');
  transport.announce(codec.pack([1, 1, infoOf('chat-9')]));
  await until(() => server.registry.get('chat-9') !== undefined);
  const frames = [
    ['res', 1, 'x'],
    ['err', 1, true, 400, 'x'],
    ['what'],
    [],
    ['notify', 'none.none.none', []],
  ];
  const batches = frames.map((frame) => {
    const bytes = codec.pack(frame);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(bytes.length);
    return Buffer.concat([head, bytes]);
  });
  for (const bytes of [Buffer.from('no frames'), Buffer.alloc(0), ...batches])
    transport.send('chat-1', 1, bytes);
  await until(() => server.log.matching('error', 'none.none.none').length > 0);
  expect(server.registry.isReady).toBe(true);
});

it('nobody but a frontend speaks for a session, and only for its own', async () => {
  const { server, transport } = await startBeside('chat-9');
  transport.announce(codec.pack([1, 1, infoOf('chat-9')]));
  await until(() => server.registry.get('chat-9') !== undefined);
  const record = { id: 's', frontendId: 'connector-1', remoteAddress: '', uid: 'admin', settings: {} };
  const bytes = codec.pack(['notify', '$forward', [record, false, 'chat.room.tell', 'forged']]);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  transport.send('chat-1', 1, Buffer.concat([head, bytes]));
  await until(() => server.log.matching('error', 'chat-9 spoke for a session of connector-1').length > 0);
  expect(server.room.told).toEqual([]);
});
