import type { RoundsReport } from './fixtures/start-stop/report.js';
import { Program } from './support/program.js';

const ROUNDS = 200;
const MIB = 2 ** 20;

describe(`an application that is started and stopped ${ROUNDS} times in one process`, () => {
  it('leaves no handle, no listener of the process and no memory', async () => {
    const program = Program.start('specs/test/fixtures/start-stop/main.js', {
      args: [String(ROUNDS)],
      // What Node compiles grows for long, and is nothing that an application left: it must not hide what is.
      node: ['--expose-gc', '--no-opt', '--no-sparkplug'],
    });
    expect({ code: await program.ended(), errors: program.errors }).toEqual({ code: 0, errors: '' });
    const { resources, listeners, heapGrowthBytes } = JSON.parse(program.output) as RoundsReport;
    expect(resources.after).toEqual(resources.before);
    expect(listeners.after).toEqual(listeners.before);
    expect(heapGrowthBytes).toBeLessThan(MIB);
  }, 180_000);
});
