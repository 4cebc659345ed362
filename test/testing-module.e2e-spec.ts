import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Handler, hybrid, PomeloAdapter, PomeloModule, type Session } from 'nestjs-pomelo';
import { PomeloClient } from 'nestjs-pomelo-client';
import { closeAfterTest } from './support/pomelo-app.js';

@Injectable()
class Users {
  find(name: string): { name: string; level: number } {
    return { name, level: 99 };
  }
}

@Handler('game.entry')
class Entry {
  constructor(private readonly users: Users) {}
  @Handler() enter(_session: Session, body: { name: string }): unknown {
    return this.users.find(body.name);
  }
}

@Module({
  imports: [PomeloModule.forRoot({ connectors: [hybrid({ port: 0, host: '127.0.0.1' })] })],
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
});
