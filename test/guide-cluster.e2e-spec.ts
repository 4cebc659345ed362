import { PomeloClient } from 'nestjs-pomelo-client';
import { NatsServer } from './cluster/support/nats-server.js';
import { ask } from './support/ask.js';
import { closeAfterTest } from './support/pomelo-app.js';
import { Program } from './support/program.js';

const FOLDER = 'specs/test/fixtures/guide/cluster';

describe('the guide to clusters, as it is built', () => {
  let nats: NatsServer;

  beforeEach(async () => {
    nats = await NatsServer.start();
  });

  function start(id: string): Program {
    const env = { SERVER_ID: id, SERVER_TYPES: id.slice(0, -2), NATS_URL: nats.url, PORT: '0' };
    return Program.start(`${FOLDER}/main.js`, { env });
  }

  /** A connector and a game server that know each other. */
  async function startPair(): Promise<{ game: Program; connect: () => Promise<PomeloClient> }> {
    const connector = start('connector-1');
    const port = await connector.printed(/listens on .*:(\d+)/);
    const game = start('game-1');
    await connector.printed(/game-1 \(game\) joined with 0 clients/);
    const connect = async (): Promise<PomeloClient> =>
      closeAfterTest(await PomeloClient.connect(`tcp://127.0.0.1:${port}`));
    return { game, connect };
  }

  it('lets clients talk to a server that they are not connected to', async () => {
    const { game, connect } = await startPair();
    const [ann, bob, eve] = [await connect(), await connect(), await connect()];
    expect(await ann.request('connector.entryHandler.enter', { name: 'ann' })).toEqual({
      score: 3,
      from: 'game-1',
    });
    await game.printed(/best of ann \([0-9a-f-]{36}\)/);
    expect(await ask(eve, 'connector.entryHandler.enter', { name: 'eve' })).toEqual({
      code: 4003,
      msg: 'Banned',
      until: 2050,
    });
    const joined = ann.once('onJoined');
    expect(await ann.request('game.matchHandler.join', { match: 'final' })).toEqual({
      player: 'ann',
      server: 'game-1',
      connector: 'connector-1',
    });
    expect(await joined).toEqual({ match: 'final' });
    const mail = ann.once('onMail');
    expect(await bob.request('game.matchHandler.mail', { to: 'ann', text: 'hi' })).toEqual({ sessions: 1 });
    expect(await mail).toEqual({ text: 'hi' });
  });

  it('lets a program without clients reach everybody', async () => {
    const { connect } = await startPair();
    const ann = await connect();
    await ann.request('connector.entryHandler.enter', { name: 'ann' });
    const mail = ann.once('onMail');
    const web = Program.start(`${FOLDER}/web.client.js`, { env: { NATS_URL: nats.url } });
    expect(await web.ended()).toBe(0);
    expect(await mail).toEqual({ text: 'news' });
    expect(web.output).toBe("best { score: 3, from: 'game-1' }\nkicked 1\n");
  });
});
