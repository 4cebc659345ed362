import { Program } from './support/program.js';

/** The broker stands still for a while, and servers take theirs to start. */
const PATIENCE_MS = 120_000;

const MEASURED = [
  ['broker-away-0.5s', 'F10', /ended otherwise 0 .* against their answer 0 .* taken for gone 0 /],
  ['broker-frozen', 'F11', /noticed after [\d.]+ s .* not 503 0 .* grew by [\d.]+ MiB .* works again after /],
  ['backend-idle', 'F12', /told 504 \(nobody knows\) 5 · told anything else 0 .* slowest answer [\d.]+ s/],
  ['frontend-killed', 'F15', /refused 0 .* without exactly one place 0 .* gone everywhere after [\d.]+ s/],
] as const;

describe('the figures of a cluster', () => {
  it.each(MEASURED)(
    'are measured, and hold: %s',
    async (name, row, line) => {
      const program = Program.start('bench/figures.js', { args: [name] });
      const code = await program.ended();
      expect({ code, output: program.output, errors: program.errors }).toEqual({
        code: 0,
        output: expect.stringMatching(line),
        errors: '',
      });
      expect(program.output.split(/ +/).slice(0, 2)).toEqual([row, name]);
    },
    PATIENCE_MS,
  );
});
