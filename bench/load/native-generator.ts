import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Cores } from '../measure/cores.js';
import type { RunningServer } from '../servers/running-server.js';
import type { Protocol } from './dialects/index.js';
import { measuredLoad, type LoadGenerator, type MeasuredLoad } from './load-generator.js';
import type { LoadMode, LoadTask } from './load-task.js';

const run = promisify(execFile);

/** Its names of the protocols. */
const PROTOCOLS: Readonly<Record<Protocol, string>> = {
  plain: 'raw',
  pomelo: 'pomelo',
  nest: 'nest',
  socketIo: 'sio',
  mydog: 'mydog',
  colyseus: 'colyseus',
};

/** What it prints, as far as it is read here. */
interface NativeResult {
  readonly ops: number;
  readonly dur_s: number;
  readonly p50_us: number;
  readonly srv_us_per_op: number;
}

/** Another program that makes the load: a native one takes less of its core, and of the latencies that it measures. */
export class NativeGenerator implements LoadGenerator {
  constructor(
    private readonly program: string,
    private readonly cores: Cores | undefined,
  ) {}

  async measure(server: RunningServer, task: LoadTask, ms: number): Promise<MeasuredLoad> {
    const args = [this.program, ...argumentsOf(server, task, ms)];
    const [program = '', ...rest] =
      this.cores === undefined ? args : ['taskset', '-c', String(this.cores.load), ...args];
    const { stdout } = await run(program, rest);
    const { ops, dur_s, p50_us, srv_us_per_op } = JSON.parse(stdout) as NativeResult;
    return measuredLoad({ operations: ops, seconds: dur_s, p50Micros: p50_us }, srv_us_per_op * ops);
  }
}

function argumentsOf({ target, pid }: RunningServer, task: LoadTask, ms: number): string[] {
  const { port, protocol, isWebSocket } = target;
  const { method = 'echo' } = task;
  const isBare = protocol === 'plain' && isWebSocket;
  const flags = {
    proto: isBare ? 'ws' : PROTOCOLS[protocol],
    port,
    pid,
    conns: task.connections,
    body: task.bytes,
    warm: ms / 2_000,
    dur: ms / 1_000,
    route: `connector.entryHandler.${method}`,
    event: method,
    ...modeFlags(task.mode),
  };
  const named = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return [...named, '--quiet', ...(isWebSocket ? ['--ws'] : [])];
}

function modeFlags(mode: LoadMode): Record<string, string | number> {
  if (mode.kind === 'closed') return { mode: 'rr', depth: mode.depth };
  if (mode.kind === 'open') return { mode: 'rr', rate: mode.perSecond };
  if (mode.kind === 'broadcast') return { mode: 'broadcast', window: mode.window };
  return mode.kind === 'cycle' ? { mode: 'storm', srcs: 32 } : { mode: 'idle' };
}
