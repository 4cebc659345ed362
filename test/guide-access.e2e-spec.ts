import { NestFactory } from '@nestjs/core';
import { PomeloAdapter } from 'nestjs-pomelo';
import { PomeloClient } from 'nestjs-pomelo-client';
import { closeAfterTest } from './support/pomelo-app.js';
import { TokenIssuer, type Claims } from './support/token-issuer.js';

describe('the guide to authentication', () => {
  const issuer = new TokenIssuer();
  const tokenOf = (sub: string, rooms: readonly string[] = []): Promise<string> => {
    const claims: Claims = { sub, rooms, iss: 'https://login.game.example' };
    return issuer.sign(claims);
  };
  let url: string;

  beforeEach(async () => {
    process.env['PORT'] = '0';
    process.env['LOGIN_PUBLIC_KEY'] = issuer.pem;
    const { AccessModule } = await import('./fixtures/guide/access/access.module.js');
    const app = await NestFactory.createApplicationContext(AccessModule, {
      logger: ['error'],
      abortOnError: false,
    });
    closeAfterTest(app);
    url = `ws://127.0.0.1:${app.get(PomeloAdapter).addresses()[0]?.port}`;
  });

  async function enter(name: string, rooms: readonly string[] = []): Promise<PomeloClient> {
    const user = { token: await tokenOf(name, rooms) };
    return closeAfterTest(await PomeloClient.connect(url, { user }));
  }

  it('lets users with a token talk in their rooms, as often as they may', async () => {
    const [ann, bob] = [await enter('ann', ['room.1']), await enter('bob', ['room.1'])];
    expect(ann.user).toMatchObject({ uid: 'ann', tokenSeconds: expect.any(Number) });
    await ann.request('game.lobbyHandler.join', { room: 'room.1' });
    const said = ann.once('onSay');
    await bob.request('game.lobbyHandler.say', { room: 'room.1', text: 'hello' });
    expect(await said).toEqual({ from: 'bob', text: 'hello' });
    const renewed = await bob.request('game.lobbyHandler.renew', { token: await tokenOf('bob', []) });
    expect(renewed).toEqual({ tokenSeconds: expect.any(Number) });
    const next = bob.request('game.lobbyHandler.say', { room: 'room.1', text: 'again' });
    await expect(next).rejects.toMatchObject({ code: 403 });
    for (let n = 0; n < 5; n += 1) await ann.request('game.lobbyHandler.say', { room: 'room.1', text: 'x' });
    const sixth = ann.request('game.lobbyHandler.say', { room: 'room.1', text: 'x' });
    await expect(sixth).rejects.toMatchObject({ code: 429 });
  });

  it('lets nobody in without', async () => {
    await expect(PomeloClient.connect(url)).rejects.toMatchObject({ status: 401 });
  });
});
