import { Program } from './support/program.js';

describe('a rolling restart under load', () => {
  it('loses no acknowledged request, executes none twice, and has all clients back', async () => {
    const run = Program.start('rolling/main.js', { args: ['--rounds', '2', '--clients', '50'] });
    const code = await run.ended();
    expect({ code, output: run.output, errors: run.errors }).toEqual({
      code: 0,
      output: expect.stringMatching(/servers restarted +8\n {2}connections moved +\d{2,}\n/),
      errors: '',
    });
    expect(run.output).toMatch(/requests acknowledged +\d{3,}$/m);
  }, 180_000);
});
