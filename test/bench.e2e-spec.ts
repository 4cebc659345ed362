import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { boundOf } from '../bench/goals/goal.js';
import { jsonBody } from '../bench/load/bodies.js';
import { Figures } from '../bench/measure/figures.js';
import { holds } from '../bench/measure/bound.js';
import { readOptions } from '../bench/options.js';
import { planSections } from '../bench/plan.js';
import { placesOf } from '../bench/report/places.js';
import { markdownTable, withFigures } from '../bench/report/benchmarks-page.js';
import { Program } from './support/program.js';

/** It starts some thirty processes. */
const PATIENCE_MS = 240_000;
const TINY = ['--rounds', '1', '--ms', '20', '--connections', '4', '--members', '10', '--idle', '40'];

async function bench(...args: readonly string[]) {
  const program = Program.start('bench/main.js', { args });
  const code = await program.ended();
  return { code, output: program.output, errors: program.errors };
}

/** Memory may have become less. */
const FIGURE = String.raw`-?\d+(\.\d+)?(e[+-]\d+)?`;
const MEASURED = String.raw`${FIGURE} \[${FIGURE}\.\.${FIGURE}\]`;

/** A line with so many figures; a dash stands for one that is not measured. */
function row(name: string, figures: number, dashes = 0): RegExp {
  const text = name.replaceAll(/[[\]().+*]/g, String.raw`\$&`);
  return new RegExp(String.raw`^${text}(  +${MEASURED}){${figures}}(  +–){${dashes}}$`, 'm');
}

const BY_HAND = ['by hand, TCP', 'by hand, WebSocket'];
const OURS = ['ours, TCP', 'ours, WebSocket'];
const OTHERS = ['Nest, WsAdapter', 'socket.io 4', 'Nest, IoAdapter'];

/** The goals that need no peers. */
const GOALS = 24;

describe('the benchmark', () => {
  it(
    'gives every figure of every server, and each goal beside its bound',
    async () => {
      const { code, output, errors } = await bench(...TINY, '--rate', '500');
      expect({ code, errors }).toEqual({ code: 0, errors: '' });
      for (const name of [...BY_HAND, ...OURS, ...OTHERS]) expect(output).toMatch(row(name, 3));
      for (const name of ['net, no protocol', 'ws, no protocol']) expect(output).toMatch(row(name, 2, 1));
      for (const title of [
        'CPU µs an echo',
        'CPU µs of a guarded and checked echo',
        'CPU µs a delivery of a push to all members',
        'CPU µs a client that comes, asks once, and goes',
        'µs until the answer, median',
        'resident KiB an idle connection',
        'bytes allocated an echo of 64 B',
        'CPU ms of a start with 200 handlers',
      ])
        expect(output).toMatch(new RegExp(`^${title}  `, 'm'));
      expect(output).toMatch(row('Nest context', 1));
      expect(output).not.toMatch(/NaN|Infinity|undefined/);
      const goals = output.match(/  at (most|least) [\d.]+ +(holds|missed)$/gm) ?? [];
      expect(goals).toHaveLength(GOALS);
    },
    PATIENCE_MS,
  );

  it(
    'lets the guard fail, and say so, when ours takes more CPU time than it may',
    async () => {
      const tooSlow = await bench('--guard', '--bound', '0.01', ...TINY);
      expect(tooSlow).toMatchObject({ code: 1, errors: expect.stringContaining('costs too much') });
      expect(tooSlow.output.match(/at most 0.01 +missed$/gm)).toHaveLength(4);
      const fast = await bench('--guard', '--bound', '1000', ...TINY);
      expect(fast).toMatchObject({ code: 0, errors: '' });
      expect(fast.output.match(/at most 1000 +holds$/gm)).toHaveLength(4);
    },
    PATIENCE_MS,
  );

  it.each([
    [['echoes']],
    [['echo', 'cycle']],
    [['--rounds', '0']],
    [['--ms', 'long']],
    [['--bound', '2']],
    [['--guard', '--bound', '-1']],
    [['echo', '--write']],
    [['--colour']],
  ])('prints how it is called for %j', async (args) => {
    const run = await bench(...args);
    expect(run).toEqual({ code: 2, output: '', errors: expect.stringMatching(/^Usage: bench /) });
  });
});

describe('a goal of the benchmark', () => {
  const figures = new Figures();
  for (const [ours, theirs] of [
    [10, 9],
    [12, 9],
    [8, 9],
  ] as const) {
    figures.add('echo', 'one', 'oursTcp', ours);
    figures.add('echo', 'one', 'limitTcp', theirs);
  }
  const goal = { what: 'a goal', section: 'echo', column: 'one', ours: 'oursTcp' } as const;

  it('compares times of the same round', () => {
    const speed = boundOf({ ...goal, theirs: 'limitTcp', atLeast: 0.9 }, figures);
    expect(speed?.values).toEqual([0.9, 0.75, 1.125]);
    expect(speed !== undefined && holds(speed)).toBe(true);
    const cost = boundOf({ ...goal, theirs: 'limitTcp', atMost: 1.1 }, figures);
    expect(cost?.values).toEqual([10 / 9, 12 / 9, 8 / 9]);
    expect(cost !== undefined && holds(cost)).toBe(false);
  });

  it('without another server bounds the figure itself', () => {
    expect(boundOf({ ...goal, atMost: 9 }, figures)?.values).toEqual([10, 12, 8]);
  });

  it('is left out when its servers were not measured', () => {
    expect(boundOf({ ...goal, theirs: 'pomeloTcp', atLeast: 2 }, figures)).toBeUndefined();
  });
});

describe('the page of the benchmarks', () => {
  const page = 'a\n<!-- figures: echo -->\nold\n<!-- end -->\nb\n<!-- figures: idle -->\n<!-- end -->\n';

  it('gets new figures in their places, and nothing else', () => {
    const table = markdownTable({ head: ['x', 'y'], rows: [['1', '2']] });
    const written = withFigures(page, new Map([['echo', table]]));
    expect(written).toBe(page.replace('old', '\n| x | y |\n| --- | --- |\n| 1 | 2 |\n'));
  });

  it.each([
    ['the project’s own generator', []],
    ['another generator', ['--loadgen', 'generator']],
    ['the peers', ['--peers']],
  ])('has a place for every figure of a run with %s', (_name, args) => {
    const options = readOptions(args);
    if (options === undefined) throw new Error('these options are refused');
    const names = ['run', 'goals', ...planSections(options).map(({ name }) => name)];
    const places = names.flatMap((name) => placesOf(options)(name) ?? []);
    const texts = new Map(places.map((place) => [place, place]));
    expect(places.length).toBeGreaterThan(1);
    expect(() =>
      withFigures(readFileSync(join(import.meta.dirname, '../docs/benchmarks.md'), 'utf8'), texts),
    ).not.toThrow();
  });

  it('refuses figures for which it has no place', () => {
    expect(() => withFigures(page, new Map([['cycle', 'x']]))).toThrow('no place for the figures "cycle"');
  });
});

describe('the load of the benchmark', () => {
  it.each([64, 128, 256, 1024, 4096])('sends JSON bodies of %d bytes', (bytes) => {
    const body = jsonBody(bytes);
    expect(body).toHaveLength(bytes);
    expect(JSON.parse(body.toString())).toMatchObject({ seq: 12345 });
  });
});
