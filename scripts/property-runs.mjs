/** Runs every property as often as FC_RUNS says, in place of the 100 times of fast-check. */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: Number(process.env.FC_RUNS) });
