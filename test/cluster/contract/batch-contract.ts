import { engineOf, type MakeEngine } from './contract-engine.js';
import { bytesOf, ContractPeer } from './contract-peer.js';

/** Batches are what was sent, in order, by whom it says. */
export function batchContract(makeEngine: MakeEngine): void {
  it('gives thousands of batches of several senders whole, and those of each in order', async () => {
    const engine = await engineOf(makeEngine);
    const receiver = await ContractPeer.open(engine, 'receiver');
    const senders = [];
    for (const id of ['a', 'b', 'c']) senders.push(await ContractPeer.open(engine, id));
    const batches = senders.map((_, index) => manyBatches(2_000, index + 1));
    await Promise.all(
      senders.map(async (sender, index) => {
        for (const bytes of batches[index] ?? []) await sender.send('receiver', bytes);
        await sender.finish(receiver);
      }),
    );
    for (const [index, sender] of senders.entries()) {
      const { id } = sender.peerId;
      const came = receiver.got.filter(({ from }) => from.id === id).map(({ bytes }) => Buffer.from(bytes));
      const sent = batches[index] ?? [];
      expect(came.length).toBe(sent.length + 1);
      expect(sent.findIndex((bytes, at) => came[at]?.equals(bytes) !== true)).toBe(-1);
      expect(sender.undelivered).toEqual([]);
    }
  });

  it('moves batches of every size from one byte to the largest', async () => {
    const engine = await engineOf(makeEngine);
    const [receiver, sender] = [await ContractPeer.open(engine, 'b'), await ContractPeer.open(engine, 'a')];
    const { maxBatchBytes } = sender.transport;
    expect(maxBatchBytes).toBeGreaterThanOrEqual(512 * 1024);
    const sizes = [1, 2, 127, 128, 255, 256, 4_095, 65_535, 65_536, maxBatchBytes - 1, maxBatchBytes, 1];
    for (const size of sizes) await sender.send('b', patterned(size, size));
    await sender.finish(receiver);
    const came = receiver.got.slice(0, -1);
    expect(came.map(({ bytes }) => bytes.length)).toEqual(sizes);
    for (const { bytes } of came) expect(patterned(bytes.length, bytes.length).equals(bytes)).toBe(true);
  });

  it('says who sent: id, incarnation and role', async () => {
    const engine = await engineOf(makeEngine);
    const receiver = await ContractPeer.open(engine, 'connector-1', { types: ['connector'] });
    const types = ['chat', 'gate'];
    const sender = await ContractPeer.open(engine, 'chat_1', { inc: '0a1b', types });
    await sender.send('connector-1', bytesOf('direct'));
    sender.transport.multicast('connector', bytesOf('to all'));
    await sender.finish(receiver);
    const from = { id: 'chat_1', inc: '0a1b', role: 'chat+gate' };
    expect(receiver.got.map((batch) => batch.from)).toEqual([from, from, from]);
  });

  it('has taken what is sent: a buffer that the sender changes afterwards changes nothing', async () => {
    const engine = await engineOf(makeEngine);
    const [receiver, sender] = [await ContractPeer.open(engine, 'b'), await ContractPeer.open(engine, 'a')];
    const buffer = Buffer.from('as sent');
    sender.transport.send('b', 1, buffer);
    buffer.fill('x');
    buffer.write('as told');
    sender.transport.multicast('chat', buffer);
    buffer.fill('x');
    await sender.finish(receiver);
    expect(receiver.textsOf(sender)).toEqual(['as sent', 'as told']);
  });

  it('gives every receiver bytes of its own, and leaves those of the sender alone', async () => {
    const engine = await engineOf(makeEngine);
    const sender = await ContractPeer.open(engine, 'a');
    const receivers = [await ContractPeer.open(engine, 'b'), await ContractPeer.open(engine, 'c')];
    const buffer = Buffer.from('to all');
    sender.transport.multicast('chat', buffer);
    await sender.finish(...receivers);
    for (const receiver of receivers) expect(receiver.textsOf(sender)).toEqual(['to all']);
    expect(buffer.toString()).toBe('to all');
  });
}

/** Mostly small batches and some large ones, each different. */
function manyBatches(count: number, seed: number): Buffer[] {
  return Array.from({ length: count }, (_, at) =>
    patterned(at % 100 === 0 ? 20_000 + at : 1 + ((at * 7) % 300), at * seed),
  );
}

function patterned(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1) bytes[at] = (seed + at * 31 + (at >> 8)) & 0xff;
  return bytes;
}
