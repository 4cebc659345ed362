import type { Bound } from '../measure/bound.js';
import type { BrokerProcess } from './process/broker-process.js';

/** Where and how long is measured. */
export interface SectionSetup {
  readonly nats: BrokerProcess;
  readonly redis: BrokerProcess;
  /** In each round everything is measured once, in turn. */
  readonly rounds: number;
  /** Length of one measurement, in ms. */
  readonly ms: number;
}

/** What a section found out. */
export interface SectionReport {
  /** Medians of the rounds. */
  readonly table: readonly string[];
  readonly bounds: readonly Bound[];
}

/** Things that are compared with each other. */
export interface Section {
  readonly name: string;
  measure(setup: SectionSetup): Promise<SectionReport>;
}
