import { memory, type OutgoingCall, type RpcInterceptor } from 'nestjs-pomelo';
import { Caller } from '../support/remote-app.js';
import { acquainted, startServer, type ClusterApp } from './behaviour/cluster-apps.js';

async function startWith(...rpcInterceptors: readonly RpcInterceptor[]): Promise<ClusterApp> {
  const driver = memory();
  const engine = { driver: () => driver, close: async () => {} };
  const asker = await startServer(engine, 'connector-1', undefined, { rpcInterceptors });
  await acquainted(asker, await startServer(engine, 'chat-1'));
  return asker;
}

describe('rpcInterceptors', () => {
  it('see every call and its result, the first one outermost', async () => {
    const seen: unknown[] = [];
    const around =
      (name: string): RpcInterceptor =>
      async (call, next) => {
        seen.push([name, call]);
        const result = await next();
        seen.push([name, result]);
        return result;
      };
    const { app } = await startWith(around('outer'), around('inner'));
    expect(await app.get(Caller).chat.for('ann').add('ann', 'lobby')).toBe('ann in lobby');
    const call: OutgoingCall = { server: 'chat-1', method: 'chat.chatRemote.add', args: ['ann', 'lobby'] };
    expect(seen).toEqual([
      ['outer', call],
      ['inner', call],
      ['inner', 'ann in lobby'],
      ['outer', 'ann in lobby'],
    ]);
  });

  it('may answer themselves, change the result, and refuse', async () => {
    const { app } = await startWith(async ({ method, args }, next) => {
      if (method.endsWith('.later')) return 'from the cache';
      if (args[0] === 'eve') throw new Error('not you');
      return `<${String(await next())}>`;
    });
    const { chat } = app.get(Caller);
    expect(await chat.to('chat-1').later(1)).toBe('from the cache');
    expect(await chat.to('chat-1').add('ann', 'r')).toBe('<ann in r>');
    await expect(chat.for('x').add('eve', 'r')).rejects.toThrow('not you');
    const all = await chat.all().add('eve', 'r');
    expect(all.get('chat-1')).toEqual(new Error('not you'));
  });
});
