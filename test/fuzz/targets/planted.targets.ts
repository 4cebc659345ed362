import { textBytes, type FuzzTarget } from './fuzz-target.js';

/** A crash that only coverage leads to: proof that the fuzzer finds bugs. */
export const plantedCrashTarget: FuzzTarget = {
  name: 'planted-crash',
  hidden: true,
  maxBytes: 64,
  seeds: textBytes('seed'),
  tokens: [],
  prepare: ({ planted }) => planted.plantedCrash,
};

/** A loop without an end at the same place: proof that the watchdog works. */
export const plantedHangTarget: FuzzTarget = {
  name: 'planted-hang',
  hidden: true,
  maxBytes: 64,
  seeds: textBytes('seed'),
  tokens: [],
  prepare: ({ planted }) => planted.plantedHang,
};

/** Work that takes too long at the same place: proof that every input is timed. */
export const plantedDelayTarget: FuzzTarget = {
  name: 'planted-delay',
  hidden: true,
  maxBytes: 64,
  seeds: textBytes('seed'),
  tokens: [],
  prepare: ({ planted }) => planted.plantedDelay,
};
