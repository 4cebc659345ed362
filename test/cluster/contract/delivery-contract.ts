import { PROBE } from 'nestjs-pomelo';
import { until } from '../../support/until.js';
import { engineOf, type MakeEngine } from './contract-engine.js';
import { bytesOf, ContractPeer } from './contract-peer.js';

/** Who gets a batch, and what the sender hears when nobody does. */
export function deliveryContract(makeEngine: MakeEngine): void {
  it('names exactly the batches that nobody listened for', async () => {
    const engine = await engineOf(makeEngine);
    const sender = await ContractPeer.open(engine, 'a');
    const live = await ContractPeer.open(engine, 'live');
    const deaf = await ContractPeer.open(engine, 'deaf', { listen: false });
    const gone = await ContractPeer.open(engine, 'gone');
    await gone.transport.close();
    const batchNos: Record<string, number[]> = {};
    for (const id of ['nobody', 'live', 'deaf', 'gone', 'live', 'nobody'])
      (batchNos[id] ??= []).push(await sender.send(id, bytesOf(id)));
    await until(() => sender.undelivered.length >= 4);
    await sender.finish(live);
    for (const id of ['nobody', 'deaf', 'gone'])
      expect(sender.undelivered.filter(([to]) => to === id)).toEqual(batchNos[id]?.map((no) => [id, no]));
    expect(sender.undelivered.length).toBe(4);
    expect(live.textsOf(sender)).toEqual(['live', 'live']);
    expect([deaf.got, gone.got]).toEqual([[], []]);
  });

  it('tells a dead server from a live one when it is asked', async () => {
    const engine = await engineOf(makeEngine);
    const asking = await ContractPeer.open(engine, 'a');
    const live = await ContractPeer.open(engine, 'live');
    const dead = await ContractPeer.open(engine, 'dead');
    await dead.transport.close();
    for (const id of ['live', 'dead', 'nobody']) asking.transport.probe(id);
    await until(() => asking.undelivered.length >= 2);
    await asking.finish(live);
    expect(new Map(asking.undelivered)).toEqual(
      new Map([
        ['dead', PROBE],
        ['nobody', PROBE],
      ]),
    );
    expect(asking.undelivered.length).toBe(2);
    expect(live.textsOf(asking)).toEqual([]);
  });

  it('multicasts once to every other server of the type: not to itself, not to other types', async () => {
    const engine = await engineOf(makeEngine);
    const sender = await ContractPeer.open(engine, 'sender', { types: ['chat', 'gate'] });
    const chat = await ContractPeer.open(engine, 'chat');
    const both = await ContractPeer.open(engine, 'both', { types: ['gate', 'chat'] });
    const gate = await ContractPeer.open(engine, 'gate', { types: ['gate'] });
    sender.transport.multicast('chat', bytesOf('to chat'));
    sender.transport.multicast('gate', bytesOf('to gate'));
    sender.transport.multicast('none', bytesOf('to none'));
    await sender.finish(chat, both, gate);
    await chat.finish(sender);
    expect(chat.textsOf(sender)).toEqual(['to chat']);
    expect(both.textsOf(sender)).toEqual(['to chat', 'to gate']);
    expect(gate.textsOf(sender)).toEqual(['to gate']);
    expect(sender.textsOf(sender)).toEqual([]);
    expect(sender.undelivered).toEqual([]);
  });

  it('keeps batches and multicasts of one sender in order', async () => {
    const engine = await engineOf(makeEngine);
    const [sender, receiver] = [await ContractPeer.open(engine, 'a'), await ContractPeer.open(engine, 'b')];
    const sent = Array.from({ length: 1_000 }, (_, at) => String(at));
    for (const text of sent) {
      if (Number(text) % 3 === 0) sender.transport.multicast('chat', bytesOf(text));
      else await sender.send('b', bytesOf(text));
    }
    await sender.finish(receiver);
    expect(receiver.textsOf(sender)).toEqual(sent);
  });

  it('keeps namespaces apart', async () => {
    const engine = await engineOf(makeEngine);
    const setup = { namespace: 'other' };
    const sender = await ContractPeer.open(engine, 'a');
    const near = await ContractPeer.open(engine, 'near');
    const far = await ContractPeer.open(engine, 'far', setup);
    const farToo = await ContractPeer.open(engine, 'a', { ...setup, inc: 'other' });
    farToo.transport.announce(bytesOf('far'));
    const batchNo = await sender.send('far', bytesOf('direct'));
    sender.transport.multicast('chat', bytesOf('to all'));
    sender.transport.announce(bytesOf('near'));
    await sender.finish(near);
    await farToo.finish(far);
    await until(() => near.heard.length > 0 && far.heard.length > 0 && sender.undelivered.length > 0);
    expect(sender.undelivered).toEqual([['far', batchNo]]);
    expect(far.got.map(({ from }) => from.inc)).toEqual(['other']);
    expect(far.heard.map(({ from }) => from.inc)).toEqual(['other']);
    expect(near.heard.map(({ from }) => from.inc)).toEqual(['a-inc']);
    expect((await near.transport.hello()).map(({ from }) => from.inc)).toEqual(['a-inc']);
  });
}
