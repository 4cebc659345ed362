import { describeBound, holds } from '../bench/measure/bound.js';
import { ratios } from '../bench/measure/spread.js';
import { Program } from './support/program.js';

/** It starts some thirty processes. */
const PATIENCE_MS = 180_000;
const TINY = ['--rounds', '1', '--ms', '20'];

async function bench(...args: readonly string[]) {
  const program = Program.start('bench/cluster/main.js', { args });
  const code = await program.ended();
  return { code, output: program.output, errors: program.errors };
}

/** CPU time may be none: in a run as short as this a process can stay below one step of the clock. */
const FIGURE = String.raw`\d+(\.\d+)?(e[+-]\d+)?`;

function row(name: string, figures: number): RegExp {
  const text = name.replaceAll(/[()/]/g, String.raw`\$&`);
  return new RegExp(String.raw`^${text}(  +${FIGURE}){${figures}}$`, 'm');
}

const ENGINES = [
  'remote, NATS',
  'forwarded request, NATS',
  'remote, memory driver',
  'nc.request()',
  'nc.request(), noAsyncTraces',
  'Nest, NATS transport',
  'TCP, a write a turn',
];
const CASES = ['100 +1', '100 +256', '1024 +1', '1024 +256'];
const WAYS = ['push to a cluster-wide channel', 'nats.js subscribers'];
const LOGINS = [
  'plain, NATS KV',
  '12 racing for a user, NATS KV',
  'plain, Redis',
  '12 racing for a user, Redis',
];
const BOUNDS = [
  /^CPU of a remote call \/ nc.request\(\), 100 B, .* at most 0.3 /m,
  /^calls a second \/ nc.request\(\), 100 B, .* at least 3 /m,
  /^CPU of a remote call \/ Nest, NATS transport, 100 B, .* at most 0.25 /m,
  /^calls a second \/ Nest, NATS transport, 100 B, .* at least 3.5 /m,
  /^CPU of a remote call \/ nc.request\(\), 1 KiB, .* at most 0.5 /m,
  /^round trip \/ nc.request\(\), 100 B, 1 in flight .* at most 1.3 /m,
  /^CPU of a call, memory driver \/ NATS, .* at most 0.5 /m,
  /^CPU of a delivery \/ nats.js subscribers, .* 1 a turn .* at most 1.3 /m,
  /^CPU of a delivery \/ nats.js subscribers, .* 50 a turn .* at most 1.3 /m,
  /^users without exactly one session after a race, NATS KV .* at most 0 /m,
  /^users without exactly one session after a race, Redis .* at most 0 /m,
];

describe('the benchmark of the cluster', () => {
  it(
    'gives every figure, and each ratio beside its bound',
    async () => {
      const run = await bench(...TINY);
      expect(run).toMatchObject({ code: 0, errors: '' });
      for (const engine of ENGINES)
        for (const load of CASES) expect(run.output).toMatch(row(`${engine} +${load}`, 4));
      for (const way of WAYS)
        for (const pace of [1, 50]) expect(run.output).toMatch(row(`${way} +100 +${pace}`, 3));
      for (const logins of LOGINS) expect(run.output).toMatch(row(logins, 3));
      for (const bound of BOUNDS) expect(run.output).toMatch(bound);
    },
    PATIENCE_MS,
  );

  it(
    'fails with --check when a bound is missed, and only then',
    async () => {
      const { code, output, errors } = await bench('fan-out', '--check', ...TINY);
      expect(errors).toBe('');
      expect(code).toBe(output.includes('MISSED') ? 1 : 0);
      expect(output).not.toContain('nc.request()');
    },
    PATIENCE_MS,
  );

  it.each([[['echoes']], [['echo', 'logins']], [['--rounds', '0']], [['--ms', 'long']], [['--colour']]])(
    'prints how it is called for %j',
    async (args) => {
      const run = await bench(...args);
      expect(run).toEqual({ code: 2, output: '', errors: expect.stringMatching(/^Usage: bench:cluster /) });
    },
  );
});

describe('a bound', () => {
  it.each([
    [{ values: [0.1, 0.3, 9], atMost: 0.3 }, true],
    [{ values: [0.1, 0.31, 0.32], atMost: 0.3 }, false],
    [{ values: [1, 3, 4], atLeast: 3 }, true],
    [{ values: [1, 2.9, 4], atLeast: 3 }, false],
    [{ values: [Number.NaN], atMost: 0.3 }, false],
    [{ values: [], atMost: 0.3 }, false],
  ])('of %j holds for the median: %s', (bound, expected) => {
    expect(holds({ what: 'a ratio', ...bound })).toBe(expected);
    const line = describeBound({ what: 'a ratio', ...bound });
    expect(line.endsWith(expected ? 'holds' : 'MISSED')).toBe(true);
  });

  it('compares figures of the same round only', () => {
    const quotients = ratios([2, 9], [4, 3], (figure) => figure);
    expect(quotients).toEqual([0.5, 3]);
  });
});
