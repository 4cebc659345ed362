import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { growthOf } from './endurance/soak/growth.js';
import { until } from './support/until.js';

/** A run of one of the programs. */
class Run {
  output = '';
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;

  constructor(program: 'sockets' | 'soak', ...args: readonly string[]) {
    const main = fileURLToPath(new URL(`../dist/endurance/${program}/main.js`, import.meta.url));
    this.child = spawn(process.execPath, [main, '--seed', '1', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
  }

  /** Fulfils when it has ended, with its exit code and all that it printed. */
  async end(): Promise<{ readonly code: number | null; readonly output: string }> {
    await once(this.child, 'close');
    return { code: this.child.exitCode, output: this.output };
  }

  /** Ends the server that it has started. */
  killServer(): void {
    for (const pid of childrenOf(this.child.pid ?? 0)) process.kill(pid, 'SIGKILL');
  }
}

/** The processes that a process has started. */
function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

describe('mutated packages over sockets', () => {
  it('do a server no harm, in 20,000 of them', async () => {
    const { code, output } = await new Run('sockets', '--packages', '20000').end();
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('descriptors +0') });
    expect(output).toMatch(/^20000 packages {2}1000 connections /m);
    // They get past the handshake: the reasons for which a server refuses something are many.
    expect(Number(/refusals for (\d+) reasons/.exec(output)?.[1])).toBeGreaterThan(10);
  });

  it('are a failure when the server does not survive them', async () => {
    const run = new Run('sockets', '--packages', '1000000000');
    // The seed is printed when the server listens.
    await until(() => run.output.includes('seed'));
    run.killServer();
    expect(await run.end()).toEqual({ code: 1, output: expect.stringContaining('ended with SIGKILL') });
  });

  it('end when the time is over', async () => {
    const { code, output } = await new Run('sockets', '--packages', '1000000000', '--seconds', '1').end();
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('out of time before') });
  });
});

describe('a soak', () => {
  it('serves steady clients beside slow and hostile ones, in three seconds', async () => {
    const { code, output } = await new Run('soak', '--minutes', '0.05', '--clients', '100').end();
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/ \d+ echoes/) });
  });

  it('measures how fast memory grows in its second half', () => {
    const halves = (first: number, second: number) =>
      Array.from({ length: 120 }, (_, seconds) => ({
        at: seconds * 1000,
        rss: 2 ** 20 * (seconds < 60 ? (first * seconds) / 60 : (second * seconds) / 60),
      }));
    expect(growthOf(halves(90, 3))).toBeCloseTo(3);
    expect(growthOf(halves(90, 0))).toBe(0);
    expect(growthOf([])).toBe(0);
  });
});
