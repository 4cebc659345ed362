import type { EngineKey } from './echo-engine.js';

/** What is asked for. */
export interface EchoCase {
  readonly bytes: number;
  readonly inFlight: number;
}

/** The one that moves the most. */
export const LARGEST_CASE: EchoCase = { bytes: 1024, inFlight: 256 };

/** Every case. */
export const ECHO_CASES: readonly EchoCase[] = [
  { bytes: 100, inFlight: 1 },
  { bytes: 100, inFlight: 256 },
  { bytes: 1024, inFlight: 1 },
  LARGEST_CASE,
];

/** What one measurement gave. */
export interface EchoSample {
  /** Of client, server and broker, for one operation. */
  readonly cpuMicros: number;
  /** The broker's part of it. */
  readonly brokerMicros: number;
  readonly perSecond: number;
  /** Median. */
  readonly rttMicros: number;
}

/** What all rounds gave. */
export class EchoSamples {
  private readonly samples = new Map<string, EchoSample[]>();

  add(engine: EngineKey, { bytes, inFlight }: EchoCase, sample: EchoSample): void {
    const key = keyOf(engine, bytes, inFlight);
    this.samples.set(key, [...(this.samples.get(key) ?? []), sample]);
  }

  /** One sample a round. */
  of(engine: EngineKey, bytes: number, inFlight: number): readonly EchoSample[] {
    return this.samples.get(keyOf(engine, bytes, inFlight)) ?? [];
  }
}

function keyOf(engine: EngineKey, bytes: number, inFlight: number): string {
  return `${engine} ${bytes} ${inFlight}`;
}
