import { splitFrames } from './frame-batch.js';
import { NO_CALL, Outbox } from './outbox.js';
import type { ClusterTransport } from './cluster-driver.interface.js';

interface Batch {
  readonly to: string;
  readonly batchNo: number;
  readonly frames: string[];
}

/** An engine that writes down what leaves, and takes as much as it is told to. */
class Scene {
  readonly batches: Batch[] = [];
  readonly written = new Map<number, number>();
  readonly unsent: number[] = [];
  readonly forgotten = new Set<number>();
  takesMore = true;
  private taken: () => void = () => {};
  readonly outbox: Outbox;

  constructor({ queueBytes = 1_000_000, waitMs = 60_000 } = {}) {
    const transport: Pick<ClusterTransport, 'maxBatchBytes' | 'send' | 'multicast' | 'flush'> = {
      maxBatchBytes: 100_000,
      send: (to, batchNo, bytes) => {
        const frames: string[] = [];
        splitFrames(bytes, (batch, start, end) => frames.push(textOf(batch, start, end)));
        this.batches.push({ to, batchNo, frames });
        return this.takesMore;
      },
      multicast: (type, bytes) => {
        splitFrames(bytes, (batch, start, end) =>
          this.batches.push({ to: `all ${type}`, batchNo: 0, frames: [textOf(batch, start, end)] }),
        );
        return this.takesMore;
      },
      flush: () => new Promise((resolve) => (this.taken = resolve)),
    };
    this.outbox = new Outbox(
      transport,
      { queueBytes, waitMs },
      {
        isWaiting: (callId) => !this.forgotten.has(callId),
        written: (callId, batchNo) => void this.written.set(callId, batchNo),
        unsent: (callId) => void this.unsent.push(callId),
      },
    );
  }

  send(to: string, text: string, callId = NO_CALL): boolean {
    return this.outbox.send(to, Buffer.from(text), callId);
  }

  /** The engine has taken everything. */
  async catchUp(): Promise<void> {
    this.takesMore = true;
    this.taken();
    await new Promise(setImmediate);
  }

  frames(): string[] {
    return this.batches.flatMap(({ frames }) => frames);
  }
}

function textOf(batch: Uint8Array, start: number, end: number): string {
  return Buffer.from(batch.subarray(start, end)).toString();
}

const turn = (): Promise<void> => new Promise(setImmediate);

describe('the outbox', () => {
  it('sends the frames of one turn as one batch for each server, in order', async () => {
    const scene = new Scene();
    scene.outbox.link(true);
    for (const text of ['1', '2', '3']) for (const to of ['a', 'b']) scene.send(to, text);
    await turn();
    expect(scene.batches).toEqual([
      { to: 'a', batchNo: 1, frames: ['1', '2', '3'] },
      { to: 'b', batchNo: 2, frames: ['1', '2', '3'] },
    ]);
  });

  it('says in which batch each call left', async () => {
    const scene = new Scene();
    scene.outbox.link(true);
    scene.send('a', 'x', 7);
    scene.send('b', 'y', 8);
    await turn();
    expect([...scene.written]).toEqual([
      [7, 1],
      [8, 2],
    ]);
  });

  it('keeps the order of what does not fit into one batch', async () => {
    const scene = new Scene();
    scene.outbox.link(true);
    const sent = Array.from({ length: 40 }, (_none, index) => `${index}:`.padEnd(5_000, '.'));
    for (const text of sent) scene.send('a', text);
    await turn();
    expect(scene.frames()).toEqual(sent);
    expect(scene.batches.length).toBeGreaterThan(1);
    const large = 'x'.repeat(90_000);
    scene.send('a', large);
    await turn();
    expect(scene.batches.at(-1)?.frames).toEqual([large]);
    expect(() => scene.send('a', 'x'.repeat(100_001))).toThrow('100000 are the most');
  });

  it('hands nothing to an engine that is away, and everything when it is back', async () => {
    const scene = new Scene();
    scene.send('a', 'before');
    scene.outbox.link(true);
    await turn();
    scene.outbox.link(false);
    scene.send('a', 'while');
    scene.send('a', 'given up', 9);
    scene.forgotten.add(9);
    await turn();
    expect(scene.frames()).toEqual(['before']);
    scene.outbox.link(true);
    scene.outbox.heard('a');
    await turn();
    expect(scene.frames()).toEqual(['before', 'while']);
  });

  it('waits for servers whose own link is not back yet, and for each of them alone', async () => {
    const scene = new Scene();
    scene.outbox.link(true);
    scene.outbox.link(false);
    for (const text of ['1', '2']) for (const to of ['a', 'b']) scene.send(to, `${text}${to}`);
    scene.outbox.link(true);
    scene.outbox.heard('b');
    scene.send('a', '3a');
    await turn();
    expect(scene.frames()).toEqual(['1b', '2b']);
    scene.outbox.heard('a');
    await turn();
    expect(scene.frames()).toEqual(['1b', '2b', '1a', '2a', '3a']);
  });

  it('asks the engine after limits.clusterWaitMs where a server is that is not heard', async () => {
    const scene = new Scene({ waitMs: 50 });
    scene.outbox.link(true);
    scene.outbox.link(false);
    scene.outbox.link(true);
    scene.send('a', 'given up', 1);
    while (scene.unsent.length < 1) await turn();
    scene.send('a', 'asked', 2);
    await turn();
    expect(scene.frames()).toEqual(['asked']);
  });

  it('says of what waited longer than limits.clusterWaitMs that it never left', async () => {
    const scene = new Scene({ waitMs: 20 });
    scene.outbox.link(true);
    scene.outbox.link(false);
    scene.send('a', 'early', 1);
    while (scene.unsent.length < 1) await turn();
    scene.send('a', 'late', 2);
    expect(scene.unsent).toEqual([1, 2]);
    scene.outbox.link(true);
    await turn();
    expect(scene.frames()).toEqual([]);
  });

  it('refuses what would wait beyond limits.clusterQueueBytes', () => {
    const scene = new Scene({ queueBytes: 10 });
    expect(scene.send('a', '123456')).toBe(true);
    expect(scene.send('a', '1')).toBe(false);
  });

  it('waits for an engine that is behind, and goes on in order', async () => {
    const scene = new Scene();
    scene.outbox.link(true);
    scene.takesMore = false;
    scene.send('a', '1');
    await turn();
    scene.send('a', '2');
    scene.send('b', '3');
    await turn();
    expect(scene.frames()).toEqual(['1']);
    await scene.catchUp();
    expect(scene.frames()).toEqual(['1', '2', '3']);
  });

  it('sends what all servers of a type get behind what waits for each of them', async () => {
    const scene = new Scene();
    scene.outbox.link(true);
    scene.send('a', '1');
    expect(scene.outbox.multicast('chat', Buffer.from('2'))).toBe(true);
    scene.send('a', '3');
    await turn();
    expect(scene.batches.map(({ to, frames }) => [to, ...frames])).toEqual([
      ['a', '1'],
      ['all chat', '2'],
      ['a', '3'],
    ]);
    expect(() => scene.outbox.multicast('chat', Buffer.alloc(100_001))).toThrow('100000 are the most');
  });

  it('says that it cannot send to all while the engine is behind', async () => {
    const scene = new Scene();
    scene.outbox.link(true);
    scene.takesMore = false;
    expect(scene.outbox.multicast('chat', Buffer.from('1'))).toBe(true);
    scene.send('a', '2');
    expect(scene.outbox.multicast('chat', Buffer.from('3'))).toBe(false);
    await scene.catchUp();
    expect(scene.frames()).toEqual(['1', '2']);
  });

  it('gives up what waits for a server that is gone, and nothing else', async () => {
    const scene = new Scene();
    scene.send('a', '1', 1);
    scene.send('b', '2', 2);
    scene.outbox.forget('a');
    expect(scene.unsent).toEqual([1]);
    scene.outbox.link(true);
    await turn();
    expect(scene.frames()).toEqual(['2']);
  });
});
