import { Program } from './support/program.js';

/** A peak is looked for four times, and doubled each time. */
const PATIENCE_MS = 120_000;

describe('the figure of overload', () => {
  it(
    'says what is left of the peak when the load is doubled, and that the rest is refused',
    async () => {
      const run = Program.start('bench/figures.js', { args: ['overload-tcp', '--clients', '20'] });
      await run.ended();
      // How much is left depends on who else uses the machine: that is for the command to judge.
      expect({ output: run.output, errors: run.errors }).toEqual({
        output: expect.stringMatching(
          /^F13 overload-tcp +peak [1-9]\d* req\/s · goodput missing at twice the peak -?[\d.]+ % .* · answered 429 [1-9]\d* \/s · .* · memory grew by -?[\d.]+ MiB .* · missing without shedding -?[\d.]+ %\n$/,
        ),
        errors: '',
      });
    },
    PATIENCE_MS,
  );
});
