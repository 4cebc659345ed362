import { BACK_PRESSURE_CASES } from './cases/back-pressure.cases.js';
import { ENDING_CASES } from './cases/ending.cases.js';
import { garbageCases, HOSTILE_CASES } from './cases/hostile.cases.js';
import { LIFE_CYCLE_CASES } from './cases/life-cycle.cases.js';
import { MESSAGE_CASES } from './cases/message.cases.js';
import { STOP_CASES } from './cases/stop.cases.js';
import type { ConnectorHarness } from './connector-harness.interface.js';
import { ContractStage } from './contract-stage.js';

/** One promise of a connector, ready for any test runner. */
export interface ContractCase {
  /** What the connector does when it keeps the promise. */
  readonly name: string;
  /** Rejects with an `AssertionError` of `node:assert`, whose message is a sentence, when the promise is broken. */
  readonly run: () => Promise<void>;
}

/**
 * What every connector promises to the framework, as cases for any test runner. Each one makes its own connector, and leaves
 * nothing open.
 *
 * @example for (const { name, run } of connectorContract(harness)) it(name, run);
 */
export function connectorContract(harness: ConnectorHarness): ContractCase[] {
  const { without = [], garbage = {} } = harness;
  return [
    ...LIFE_CYCLE_CASES,
    ...MESSAGE_CASES,
    ...ENDING_CASES,
    ...BACK_PRESSURE_CASES,
    ...STOP_CASES,
    ...HOSTILE_CASES,
    ...garbageCases(garbage),
  ]
    .filter(({ needs }) => needs === undefined || !without.includes(needs))
    .map(({ name, manager = {}, play }) => ({
      name,
      run: () => ContractStage.play(harness, manager, play),
    }));
}
