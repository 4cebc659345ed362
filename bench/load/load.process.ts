/** The load generator: a process of its own, on a core of its own. */
import { answerParent, greetParent } from '../process/serve-parent.js';
import { openCrowd } from './crowd.js';
import { dialectOf } from './dialects/index.js';
import type { Link } from './link.js';
import type { LoadApi, LoadResult, LoadTarget, LoadTask } from './load-task.js';
import { Broadcast } from './modes/broadcast.js';
import { ClosedLoop } from './modes/closed-loop.js';
import { Cycle } from './modes/cycle.js';
import type { Mode } from './modes/mode.js';
import { OpenLoop } from './modes/open-loop.js';
import { RequestRing } from './request-ring.js';

let links: readonly Link[] = [];
let mode: Mode | undefined;
let fail: (error: Error) => void = () => {};

async function open(target: LoadTarget, task: LoadTask): Promise<void> {
  const { connections, bytes, method = 'echo' } = task;
  const { port, isWebSocket } = target;
  const joins = task.mode.kind === 'broadcast';
  const dialect = dialectOf(target.protocol, { isWebSocket, bytes, method, joins });
  if (task.mode.kind === 'cycle') {
    mode = new Cycle(port, dialect, connections, onFailure);
    return;
  }
  links = await openCrowd(port, dialect, connections, {
    onAnswers: (link, count) => mode?.onAnswers(link, count),
    onPushes: (link, count) => mode?.onPushes(link, count),
    onFailure,
  });
  if (task.mode.kind === 'broadcast') mode = new Broadcast(links, dialect, task.mode.window);
  else mode = requestMode(task, new RequestRing(dialect));
}

function onFailure(error: Error): void {
  fail(error);
}

function requestMode({ mode }: LoadTask, ring: RequestRing): Mode | undefined {
  if (mode.kind === 'open') return new OpenLoop(links, ring, mode.perSecond);
  return mode.kind === 'closed' ? new ClosedLoop(links, ring, mode.depth, mode.timed === true) : undefined;
}

function run(ms: number): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    fail = reject;
    if (mode === undefined) reject(new Error('These clients are idle.'));
    else mode.run(ms).then(resolve, reject);
  });
}

function close(): void {
  for (const link of links) link.close();
  links = [];
  mode = undefined;
}

answerParent<LoadApi>({ open, run, close });
greetParent();
