import { until } from '../../support/until.js';
import { engineOf, watchResources, type MakeEngine } from './contract-engine.js';
import { bytesOf, ContractPeer } from './contract-peer.js';

/** A server that drains and leaves loses nothing, and leaves nothing behind. */
export function leavingContract(makeEngine: MakeEngine): void {
  it('stops to receive when it is told to, and starts again', async () => {
    const engine = await engineOf(makeEngine);
    const sender = await ContractPeer.open(engine, 'a');
    const receiver = await ContractPeer.open(engine, 'b');
    const other = await ContractPeer.open(engine, 'c');
    await receiver.transport.listen(false);
    const refused = await sender.send('b', bytesOf('too late'));
    sender.transport.multicast('chat', bytesOf('too late'));
    await sender.finish(other);
    await until(() => sender.undelivered.length > 0);
    expect(sender.undelivered).toEqual([['b', refused]]);
    expect(receiver.got).toEqual([]);
    await receiver.transport.listen(true);
    sender.transport.multicast('chat', bytesOf('to all'));
    await sender.finish(receiver);
    expect(receiver.textsOf(sender)).toEqual(['to all']);
  });

  it('either gives a batch or reports it while the receiver stops to listen: none is lost, none is both', async () => {
    const engine = await engineOf(makeEngine);
    const [sender, receiver] = [await ContractPeer.open(engine, 'a'), await ContractPeer.open(engine, 'b')];
    const stopped = until(() => receiver.got.length > 0).then(() => receiver.transport.listen(false));
    let sent = 0;
    do {
      for (let more = 0; more < 20; more += 1) {
        await sender.send('b', bytesOf(String(sent)));
        sent += 1;
      }
      await new Promise(setImmediate);
    } while (sender.undelivered.length === 0);
    await stopped;
    await until(() => receiver.got.length + sender.undelivered.length >= sent);
    const came = receiver.textsOf(sender).map(Number);
    const reported = sender.undelivered.map(([, batchNo]) => batchNo - 1);
    expect(came.length).toBeGreaterThan(0);
    expect([...came, ...reported]).toEqual(Array.from({ length: sent }, (_, at) => at));
  });

  it('still sends after it has stopped to listen, and what was flushed arrives after it is closed', async () => {
    const engine = await engineOf(makeEngine);
    const [sender, receiver] = [await ContractPeer.open(engine, 'a'), await ContractPeer.open(engine, 'b')];
    await sender.transport.listen(false);
    const sent = Array.from({ length: 500 }, (_, at) => `${at} ${'x'.repeat(at)}`);
    for (const text of sent) await sender.send('b', bytesOf(text));
    sender.transport.announce(bytesOf('bye'));
    await sender.transport.flush();
    await sender.transport.close();
    await until(() => receiver.got.length >= sent.length && receiver.heard.length > 0);
    expect(receiver.textsOf(sender)).toEqual(sent);
  });

  it('can be closed more than once, says nothing after that, and leaves nothing open', async () => {
    const engine = await engineOf(makeEngine);
    const sender = await ContractPeer.open(engine, 'a');
    const resourcesAreFreed = watchResources();
    const leaving = await ContractPeer.open(engine, 'b');
    await leaving.transport.hello();
    await Promise.all([leaving.transport.close(), leaving.transport.close()]);
    await leaving.transport.close();
    await resourcesAreFreed();
    sender.transport.multicast('chat', bytesOf('to all'));
    sender.transport.announce(bytesOf('here'));
    const batchNo = await sender.send('b', bytesOf('direct'));
    await until(() => sender.undelivered.length > 0);
    expect(sender.undelivered).toEqual([['b', batchNo]]);
    expect([leaving.got, leaving.heard, leaving.states, sender.states]).toEqual([[], [], [], []]);
  });

  it('can be closed before it was opened', async () => {
    const engine = await engineOf(makeEngine);
    const resourcesAreFreed = watchResources();
    await expect(engine.driver().createTransport().close()).resolves.toBeUndefined();
    await resourcesAreFreed();
  });

  it('lets a server with the same id come back', async () => {
    const engine = await engineOf(makeEngine);
    const sender = await ContractPeer.open(engine, 'a');
    const first = await ContractPeer.open(engine, 'b', { inc: 'first' });
    await first.transport.close();
    const second = await ContractPeer.open(engine, 'b', { inc: 'second' });
    await sender.send('b', bytesOf('hello'));
    await sender.finish(second);
    expect(second.textsOf(sender)).toEqual(['hello']);
    expect(first.got).toEqual([]);
  });
}
