import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { isMissed } from '../bench/figures/figure.js';
import { broadcast, NumberedPushes } from '../bench/figures/numbered-pushes.js';
import { PackageStream } from '../bench/figures/package-stream.js';
import { DATA, pack } from '../bench/figures/packages.js';
import { measureStorm } from '../bench/figures/storm.figure.js';
import { closeAfterTest } from './support/pomelo-app.js';
import { Program } from './support/program.js';

const MAIN = join(import.meta.dirname, '../dist/bench/figures.js');
/** A busy machine needs its time, and the server waits 10 s for those that are slow. */
const PATIENCE_MS = 120_000;

async function figures(...args: readonly string[]) {
  const program = Program.start('bench/figures.js', { args });
  const code = await program.ended();
  return { code, output: program.output, errors: program.errors };
}

const MEMORY_EACH = /each costs -?[\d.]+ MiB \(at most 4\.5\) · not dropped 0 \(at most 0\)$/;
const MEASURED = [
  ['storm', 'F5', /sessions 50 · .* · errors 0 \(at most 0\) · p99 of a handshake [\d.]+ s/],
  ['reset', 'F6', /errors 0 \(at most 0\) · newcomer served after [\d.]+ ms .* a connection holds/],
  ['slow-answers-tcp', 'F8', MEMORY_EACH],
  ['slow-broadcasts', 'F8', MEMORY_EACH],
  ['slow-crowd', 'F8', /peak of the server [\d.]+ MiB .* not dropped 0 .* lost by readers 0 \(at most 0\)$/],
] as const;

describe('the figures', () => {
  it.each(MEASURED)(
    'of %s are measured, over each transport',
    async (name, row, line) => {
      const run = await figures(name, '--clients', '50');
      expect(run).toMatchObject({ code: 0, errors: '' });
      const names = ['tcp', 'ws'].map((transport) => `${name}-${transport}`);
      const lines = run.output.trimEnd().split('\n');
      const measured = lines.map((text) => text.split(/ +/)[1]);
      expect(measured).toEqual(name.endsWith('-tcp') ? [name] : names);
      for (const text of lines) expect(text.startsWith(`${row} `)).toBe(true);
      for (const text of lines) expect(text).toMatch(line);
    },
    PATIENCE_MS,
  );

  it(
    'fail for a server without limits, which drops nobody who does not read',
    async () => {
      const run = await figures('slow-broadcasts-tcp', '--clients', '40', '--limits', 'off');
      expect(run.output).toContain('not dropped 40 (at most 0: MISSED)');
      expect(run.code).toBe(1);
    },
    PATIENCE_MS,
  );

  it('fail for a server that hangs up, and say why', async () => {
    const server = createServer((socket) => socket.end()).listen(0);
    await once(server, 'listening');
    closeAfterTest({ close: async () => void server.close() });
    const figure = await measureStorm(server.address() as AddressInfo, 'tcp', 5);
    expect(figure.measures).toContainEqual({ what: 'errors', value: 5, atMost: 0 });
    expect(figure.note).toBe('Error: the server closed the connection');
    expect(isMissed(figure)).toBe(true);
  });

  it('are not blamed on the server when the shell allows too few descriptors', async () => {
    const run = await new Promise((resolve) => {
      const command = `ulimit -n 120 && exec '${process.execPath}' '${MAIN}' storm --clients 50`;
      execFile('sh', ['-c', command], (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, stdout, stderr }),
      );
    });
    const stderr = expect.stringMatching(
      /may have 120 file descriptors here, and 150 are needed: .*ulimit -n/,
    );
    expect(run).toEqual({ code: 2, stdout: '', stderr });
  });

  it.each([[['storms']], [['storm', 'reset']], [['--clients', '0']], [['--limits', 'on']], [['--colour']]])(
    'print how they are called for %j',
    async (args) => {
      const run = await figures(...args);
      expect(run).toEqual({ code: 2, output: '', errors: expect.stringMatching(/^Usage: figures /) });
    },
  );
});

describe('a reader of numbered pushes', () => {
  /** What the server makes of a broadcast request: another flag, no id, another route. */
  function push(number: number): Buffer {
    const asked = broadcast(number, 100);
    const body = asked.subarray(asked.indexOf('{')).toString();
    return pack(DATA, [6, 'onBroadcast'.length], 'onBroadcast', body);
  }

  function inOrder(bytes: Buffer, step: number): number {
    const inbox = new NumberedPushes();
    const stream = new PackageStream(false, (head) => inbox.take(head));
    for (let at = 0; at < bytes.length; at += step) stream.push(bytes.subarray(at, at + step));
    return inbox.inOrder;
  }

  it.each([1, 7, 1000])('gets all of them, however they are cut: %d bytes', (step) => {
    expect(inOrder(Buffer.concat([push(0), push(1), push(2)]), step)).toBe(3);
  });

  it.each([
    ['one is lost', [0, 1, 3], 2],
    ['one comes twice', [0, 1, 1, 2], 2],
    ['the first is lost', [1, 2], 0],
  ])('misses what follows when %s', (_name, numbers, expected) => {
    const got = inOrder(Buffer.concat(numbers.map(push)), 1000);
    expect(got).toBe(expected);
  });
});
