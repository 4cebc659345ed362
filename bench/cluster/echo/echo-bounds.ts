import type { Bound } from '../../measure/bound.js';
import { ratios } from '../../measure/spread.js';
import type { EngineKey } from './echo-engine.js';
import type { EchoSample, EchoSamples } from './echo-samples.js';

const MANY = 256;
const SMALL = 100;
const LARGE = 1024;

/** How our calls compare with others, each ratio within its round. */
export function echoBounds(samples: EchoSamples): Bound[] {
  const against = (other: EngineKey, figure: keyof EchoSample, bytes = SMALL, inFlight = MANY): number[] =>
    ratios(
      samples.of('ours', bytes, inFlight),
      samples.of(other, bytes, inFlight),
      (sample) => sample[figure],
    );
  const memory = ratios(
    samples.of('memory', SMALL, MANY),
    samples.of('ours', SMALL, MANY),
    ({ cpuMicros }) => cpuMicros,
  );
  return [
    {
      what: 'CPU of a remote call / nc.request(), 100 B, 256 in flight',
      values: against('request', 'cpuMicros'),
      atMost: 0.3,
    },
    {
      what: 'calls a second / nc.request(), 100 B, 256 in flight',
      values: against('request', 'perSecond'),
      atLeast: 3,
    },
    {
      what: 'CPU of a remote call / Nest, NATS transport, 100 B, 256 in flight',
      values: against('nest', 'cpuMicros'),
      atMost: 0.25,
    },
    {
      what: 'calls a second / Nest, NATS transport, 100 B, 256 in flight',
      values: against('nest', 'perSecond'),
      atLeast: 3.5,
    },
    {
      what: 'CPU of a remote call / nc.request(), 1 KiB, 256 in flight',
      values: against('request', 'cpuMicros', LARGE),
      atMost: 0.5,
    },
    {
      what: 'round trip / nc.request(), 100 B, 1 in flight',
      values: against('request', 'rttMicros', SMALL, 1),
      atMost: 1.3,
    },
    {
      what: 'CPU of a call, memory driver / NATS, 100 B, 256 in flight',
      values: memory,
      atMost: 0.5,
    },
  ];
}
