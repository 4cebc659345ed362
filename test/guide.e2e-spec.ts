import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PomeloAdapter } from 'nestjs-pomelo';
import { PomeloClient } from 'nestjs-pomelo-client';

describe('the five-minute guide', () => {
  let app: INestApplicationContext;
  let url: string;

  beforeEach(async () => {
    process.env['PORT'] = '0';
    const { AppModule } = await import('./fixtures/guide/app.module.js');
    app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'], abortOnError: false });
    url = `ws://127.0.0.1:${app.get(PomeloAdapter).addresses()[0]?.port}`;
  });
  afterEach(() => app.close());

  it('lets two users meet in a room and talk', async () => {
    const ann = await PomeloClient.connect(url);
    const bob = await PomeloClient.connect(url);
    await ann.request('game.roomHandler.enter', { name: 'ann' });
    const said = ann.once('onSay');
    expect(await bob.request('game.roomHandler.enter', { name: 'bob' })).toEqual({ users: ['ann', 'bob'] });
    expect(await bob.request('game.roomHandler.say', { text: 'hello' })).toEqual({ missed: [] });
    expect(await said).toEqual({ from: 'bob', text: 'hello' });
    await Promise.all([ann.close(), bob.close()]);
  });

  it('does not let a guest talk', async () => {
    const guest = await PomeloClient.connect(url);
    await expect(guest.request('game.roomHandler.say', { text: 'x' })).rejects.toMatchObject({ code: 403 });
    await guest.close();
  });
});
