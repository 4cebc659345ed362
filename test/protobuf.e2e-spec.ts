import { ChannelService, Handler, type Session } from 'nestjs-pomelo';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from './support/ask.js';
import { closeAfterTest, startApp, type RunningApp } from './support/pomelo-app.js';
import { RawClient, readMessage, request } from './support/raw-client.js';
import { until } from './support/until.js';

const client = { 'game.hero.move': { 'required uInt32 x': 1, 'optional string name': 2 } };
const server = {
  'game.hero.move': { 'optional uInt32 x': 1, 'optional uInt32 code': 2, 'optional string msg': 3 },
  onMove: { 'required uInt32 x': 1 },
};

@Handler('game.hero')
class Hero {
  @Handler() move(_session: Session, body: { x: number }): unknown {
    if (body.x === 13) throw new Error('password=hunter2');
    return { x: body.x + 1 };
  }
  @Handler() plain(_session: Session, body: unknown): unknown {
    return body;
  }
}

function start(protobuf: object): Promise<RunningApp> {
  return startApp({ providers: [Hero], hybrid: { protobuf } });
}

describe('bodies in pomelo-protobuf', () => {
  it('travel both ways on routes that have a schema, JSON on the others', async () => {
    const { app, connect } = await start({ client, server });
    const player = await connect();
    expect(await player.request('game.hero.move', { x: 300, name: 'ä€' })).toEqual({ x: 301 });
    expect(await player.request('game.hero.plain', { a: [1] })).toEqual({ a: [1] });
    const moved = player.once('onMove');
    await app.get(ChannelService).broadcastHere('onMove', { x: 7 });
    expect(await moved).toEqual({ x: 7 });
  });

  it('that cannot be read are answered with 400, and errors fit into the schema of the route', async () => {
    const { connect, port } = await start({ client, server });
    const raw = await RawClient.ready(port);
    raw.send(request(1, 'game.hero.move', Buffer.from('08ffffffff', 'hex')));
    const { head, body } = readMessage(await raw.packages.take());
    expect([head.id, body.length > 0]).toEqual([1, true]);
    const player = await connect();
    expect(await ask(player, 'game.hero.move', { x: 13 })).toEqual({ code: 500 });
  });

  it('that the schema cannot hold are answered with 500, and such a push is refused', async () => {
    const { app, connect } = await start({
      client,
      server: { ...server, 'game.hero.plain': server['game.hero.move'] },
    });
    const player = await connect();
    expect(await ask(player, 'game.hero.plain', { x: -1 })).toEqual({ code: 500 });
    await expect(app.get(ChannelService).broadcastHere('onMove', { y: 1 })).rejects.toThrow('onMove');
    expect(await player.request('game.hero.plain', { x: 1 })).toEqual({ x: 1 });
  });

  it('follow a schema file that changes; clients keep the schema that they were told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'protos-'));
    closeAfterTest({ close: async () => rmSync(folder, { recursive: true }) });
    const file = join(folder, 'clientProtos.json');
    writeFileSync(file, JSON.stringify(client));
    const { connect, log } = await start({ client: file, server, watch: true });
    const old = await connect();
    writeFileSync(file, JSON.stringify({ 'game.hero.move': { 'required uInt32 x': 5 } }));
    await until(() => log.matching('log', 'read again').length > 0);
    const young = await connect();
    for (const player of [old, young])
      expect(await player.request('game.hero.move', { x: 1 })).toEqual({ x: 2 });
    writeFileSync(file, '{ no JSON');
    await until(() => log.matching('error', 'clientProtos.json').length > 0);
    expect(await (await connect()).request('game.hero.move', { x: 1 })).toEqual({ x: 2 });
  });
});
