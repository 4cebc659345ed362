import { Injectable, Module, UseGuards, type CanActivate } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Handler, hybrid, PomeloAdapter, PomeloModule, type Session } from 'nestjs-pomelo';
import { PomeloClient } from 'nestjs-pomelo-client';
import { replaceConnectors, TestConnector } from 'nestjs-pomelo/testing';
import { closeAfterTest } from './support/pomelo-app.js';

@Injectable()
class Users {
  find(name: string): { name: string; level: number } {
    return { name, level: 99 };
  }
}

@Injectable()
class Closed implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Handler('game.entry')
class Entry {
  constructor(private readonly users: Users) {}
  @UseGuards(Closed) @Handler() closed(): string {
    return 'open';
  }
  @Handler() enter(_session: Session, body: { name: string }): unknown {
    return this.users.find(body.name);
  }
}

const OPTIONS = { connectors: [hybrid({ port: 0, host: '127.0.0.1' })], limits: { uidLength: 7 } };

@Module({
  imports: [PomeloModule.forRoot(OPTIONS)],
  providers: [Users, Entry],
})
class AppModule {}

describe("Nest's testing module", () => {
  it('starts an application with a provider replaced, and without an HTTP server', async () => {
    const testing = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(Users)
      .useValue({ find: (name: string) => ({ name, level: 1 }) })
      .compile();
    closeAfterTest(await testing.init());
    const [{ port } = { port: 0 }] = testing.get(PomeloAdapter).addresses();
    const client = closeAfterTest(await PomeloClient.connect(`tcp://127.0.0.1:${port}`));
    expect(await client.request('game.entry.enter', { name: 'ann' })).toEqual({ name: 'ann', level: 1 });
  });

  it('starts one application after the other in one file', async () => {
    for (let round = 0; round < 3; round += 1) {
      const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
      await testing.init();
      const [{ port } = { port: 0 }] = testing.get(PomeloAdapter).addresses();
      const client = await PomeloClient.connect({ host: '127.0.0.1', port });
      expect(await client.request('game.entry.enter', { name: 'bob' })).toEqual({ name: 'bob', level: 99 });
      await client.close();
      await testing.close();
    }
  });

  it.each([
    ['forRoot', PomeloModule.forRoot(OPTIONS)],
    ['forRootAsync', PomeloModule.forRootAsync({ useFactory: async () => OPTIONS })],
  ])('replaces the connectors of an application, and no other option: %s', async (_name, imported) => {
    const connector = new TestConnector();
    const builder = Test.createTestingModule({ imports: [imported], providers: [Users, Entry] });
    const testing = await replaceConnectors(builder, connector).compile();
    closeAfterTest(await testing.init());
    expect(
      testing
        .get(PomeloAdapter)
        .addresses()
        .map(({ protocol }) => protocol),
    ).toEqual(['test']);
    expect(testing.get(PomeloAdapter).limits.uidLength).toBe(7);
    const client = await connector.connect();
    expect(await client.request('game.entry.enter', { name: 'ann' })).toEqual({ name: 'ann', level: 99 });
  });

  it('replaces a guard that nobody provides', async () => {
    const connector = new TestConnector();
    const open = replaceConnectors(Test.createTestingModule({ imports: [AppModule] }), connector)
      .overrideGuard(Closed)
      .useValue({ canActivate: () => true });
    const testing = await open.compile();
    closeAfterTest(await testing.init());
    const client = await connector.connect();
    expect(await client.request('game.entry.closed')).toBe('open');
  });

  it('replaces a guard of the handshake, which is a provider', async () => {
    const connector = new TestConnector();
    const imports = [PomeloModule.forRoot({ connectors: [connector], handshakeGuards: [Closed] })];
    const open = Test.createTestingModule({ imports, providers: [Closed] })
      .overrideProvider(Closed)
      .useValue({ canActivate: () => true });
    const testing = await open.compile();
    closeAfterTest(await testing.init());
    await connector.connect();
  });
});
