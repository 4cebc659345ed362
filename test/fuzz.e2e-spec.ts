import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/fuzz/main.js', import.meta.url));
const TARGETS = ['package', 'message', 'handshake', 'json', 'dictionary', 'protobuf', 'proxy'];

interface Run {
  readonly code: unknown;
  readonly output: string;
}

function fuzz(...args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, '--seed', '1', ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, output: stdout + stderr });
    });
  });
}

describe('the fuzzer', () => {
  it('finds nothing in three seconds over all targets', async () => {
    const { code, output } = await fuzz('--seconds', '3');
    expect({ code, output }).toMatchObject({ code: 0 });
    const runs = [...output.matchAll(/^(\w+) +(\d+) executions/gm)].map(([, target, count]) => ({
      target,
      count,
    }));
    expect(new Set(runs.map(({ target }) => target))).toEqual(new Set(TARGETS));
    expect(runs).toHaveLength(TARGETS.length);
    for (const { count } of runs) expect(Number(count)).toBeGreaterThan(0);
  });

  it('says so when the time is over before the executions are', async () => {
    const { code, output } = await fuzz('--target', 'json', '--executions', '1000000000', '--seconds', '0.2');
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringContaining('out of time before 1000000000'),
    });
  });

  it('finds a planted crash that only coverage leads to, and how to repeat it', async () => {
    const { code, output } = await fuzz('--target', 'planted-crash', '--executions', '2000000');
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('Error: the planted bug') });
    const hex = /input (b51e770a\w*)/.exec(output)?.[1] ?? '';
    expect(await fuzz('--target', 'planted-crash', '--input', hex)).toMatchObject({ code: 1 });
    expect(await fuzz('--target', 'planted-crash', '--input', hex.slice(2))).toMatchObject({ code: 0 });
  });

  it('finds a planted hang, and ends it', async () => {
    const { code, output } = await fuzz('--target', 'planted-hang', '--executions', '2000000');
    expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(/hangs: .*\ninput b51e770a/) });
  });

  it('finds an input that is slow every time', async () => {
    const { code, output } = await fuzz('--target', 'planted-delay', '--executions', '2000000');
    expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(/slow: .*\ninput b51e770a/) });
  });

  it('does the same for the same seed', async () => {
    const [first, second] = await Promise.all(
      [1, 2].map(() => fuzz('--target', 'json', '--executions', '3000')),
    );
    const found = /corpus \d+ +edges \d+/;
    expect(found.exec(first?.output ?? '')).toHaveLength(1);
    expect(found.exec(first?.output ?? '')?.[0]).toBe(found.exec(second?.output ?? '')?.[0]);
  });

  it('says what it does not understand', async () => {
    expect(await fuzz('--target', 'nothing')).toMatchObject({
      code: 1,
      output: expect.stringContaining("no target 'nothing'"),
    });
    expect(await fuzz('--seconds', 'many')).toMatchObject({
      code: 1,
      output: expect.stringContaining('takes a number'),
    });
  });
});
