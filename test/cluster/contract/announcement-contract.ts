import type { Announcement } from 'nestjs-pomelo';
import { until } from '../../support/until.js';
import { engineOf, type MakeEngine } from './contract-engine.js';
import { bytesOf, ContractPeer, textOf } from './contract-peer.js';

/** How servers learn of each other. */
export function announcementContract(makeEngine: MakeEngine): void {
  it('announces to every other server, also one that does not listen, in order and with the sender', async () => {
    const engine = await engineOf(makeEngine);
    const sender = await ContractPeer.open(engine, 'a', { types: ['chat', 'gate'], listen: false });
    const others = [
      await ContractPeer.open(engine, 'b'),
      await ContractPeer.open(engine, 'c', { types: ['gate'], listen: false }),
    ];
    for (const text of ['joined', 'changed', 'leaves']) sender.transport.announce(bytesOf(text));
    for (const other of others) {
      await until(() => other.heard.length >= 3);
      expect(spoken(other.heard)).toEqual(['joined', 'changed', 'leaves']);
      for (const { from } of other.heard) expect(from).toEqual({ id: 'a', inc: 'a-inc', role: 'chat+gate' });
    }
    for (const { transport, peerId } of others) transport.announce(bytesOf(`I am ${peerId.id}`));
    await until(() => sender.heard.length >= 2);
    expect(spoken(sender.heard).toSorted()).toEqual(['I am b', 'I am c']);
  });

  it('tells a server that joins the last announcement of each live one, not of those that left', async () => {
    const engine = await engineOf(makeEngine);
    const asking = await ContractPeer.open(engine, 'a', { listen: false });
    expect(await asking.transport.hello()).toEqual([]);
    const live = await ContractPeer.open(engine, 'live');
    const other = await ContractPeer.open(engine, 'other', { types: ['gate'], listen: false });
    const gone = await ContractPeer.open(engine, 'gone');
    await ContractPeer.open(engine, 'silent');
    for (const peer of [live, other, gone, asking]) {
      peer.transport.announce(bytesOf('starts'));
      peer.transport.announce(bytesOf(`${peer.peerId.id} is up`));
    }
    await gone.transport.flush();
    await gone.transport.close();
    const answers = (await asking.transport.hello()).toSorted((a, b) => (a.from.id < b.from.id ? -1 : 1));
    expect(spoken(answers)).toEqual(['live is up', 'other is up']);
    expect(answers.map(({ from }) => from)).toEqual([live.peerId, other.peerId]);
  });

  it('answers many servers that ask at once', async () => {
    const engine = await engineOf(makeEngine);
    const peers: ContractPeer[] = [];
    for (let at = 0; at < 8; at += 1) peers.push(await ContractPeer.open(engine, `s${at}`));
    for (const { transport, peerId } of peers) transport.announce(bytesOf(peerId.id));
    const asked = peers.flatMap((peer) => [peer, peer]);
    const answers = await Promise.all(asked.map(({ transport }) => transport.hello()));
    for (const [at, { peerId }] of asked.entries()) {
      const others = peers.map((peer) => peer.peerId.id).filter((id) => id !== peerId.id);
      expect(spoken(answers[at] ?? []).toSorted()).toEqual(others);
    }
  });

  it('lets two servers with one id notice each other', async () => {
    const engine = await engineOf(makeEngine);
    const first = await ContractPeer.open(engine, 'twin', { inc: 'first' });
    first.transport.announce(bytesOf('first'));
    const second = await ContractPeer.open(engine, 'twin', { inc: 'second', listen: false });
    const [answer, ...rest] = await second.transport.hello();
    expect([answer?.from.inc, rest.length]).toEqual(['first', 0]);
    second.transport.announce(bytesOf('second'));
    await until(() => first.heard.length > 0);
    expect(first.heard.map(({ from }) => from.inc)).toEqual(['second']);
  });
}

function spoken(announcements: readonly Announcement[]): string[] {
  return announcements.map(({ bytes }) => textOf(bytes));
}
