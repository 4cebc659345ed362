import type { Goal } from './goal.js';

const ONE = '64 B, 1 in flight';
const MANY = '64 B, 16 in flight';
const LARGE = '1 KiB, 1 in flight';

type Echo = Pick<Goal, 'what' | 'column' | 'ours' | 'theirs' | 'atLeast'>;

const echoes: Echo[] = [
  { what: 'TCP / by hand', column: ONE, ours: 'oursTcp', theirs: 'limitTcp', atLeast: 0.85 },
  { what: 'WebSocket / by hand', column: ONE, ours: 'oursWs', theirs: 'limitWs', atLeast: 0.85 },
  { what: 'TCP / Pomelo', column: ONE, ours: 'oursTcp', theirs: 'pomeloTcp', atLeast: 2 },
  { what: 'WebSocket / Pomelo', column: ONE, ours: 'oursWs', theirs: 'pomeloWs', atLeast: 2.5 },
  { what: 'WebSocket / Nest, WsAdapter', column: ONE, ours: 'oursWs', theirs: 'nestWs', atLeast: 1.7 },
  { what: 'WebSocket / socket.io', column: ONE, ours: 'oursWs', theirs: 'socketIo', atLeast: 1.35 },
  { what: 'TCP / by hand', column: MANY, ours: 'oursTcp', theirs: 'limitTcp', atLeast: 0.7 },
  { what: 'WebSocket / by hand', column: MANY, ours: 'oursWs', theirs: 'limitWs', atLeast: 0.7 },
  { what: 'TCP / Pomelo', column: MANY, ours: 'oursTcp', theirs: 'pomeloTcp', atLeast: 6.5 },
  { what: 'WebSocket / Pomelo', column: MANY, ours: 'oursWs', theirs: 'pomeloWs', atLeast: 6.5 },
  { what: 'TCP / mydog', column: MANY, ours: 'oursTcp', theirs: 'mydogTcp', atLeast: 2.4 },
  { what: 'WebSocket / Nest, WsAdapter', column: MANY, ours: 'oursWs', theirs: 'nestWs', atLeast: 4 },
  { what: 'WebSocket / socket.io', column: MANY, ours: 'oursWs', theirs: 'socketIo', atLeast: 2.8 },
  { what: 'TCP / by hand', column: LARGE, ours: 'oursTcp', theirs: 'limitTcp', atLeast: 0.9 },
  { what: 'WebSocket / by hand', column: LARGE, ours: 'oursWs', theirs: 'limitWs', atLeast: 0.9 },
];

const ALONE = 'one at a time';
const TOGETHER = '8 in flight';

const broadcasts: Echo[] = [
  { what: 'TCP / by hand', column: ALONE, ours: 'oursTcp', theirs: 'limitTcp', atLeast: 0.9 },
  { what: 'WebSocket / by hand', column: ALONE, ours: 'oursWs', theirs: 'limitWs', atLeast: 0.9 },
  { what: 'TCP / by hand', column: TOGETHER, ours: 'oursTcp', theirs: 'limitTcp', atLeast: 0.6 },
  { what: 'WebSocket / by hand', column: TOGETHER, ours: 'oursWs', theirs: 'limitWs', atLeast: 0.6 },
  { what: 'TCP / Pomelo', column: TOGETHER, ours: 'oursTcp', theirs: 'pomeloTcp', atLeast: 6.5 },
  { what: 'WebSocket / socket.io', column: TOGETHER, ours: 'oursWs', theirs: 'socketIo', atLeast: 5 },
];

const others: Goal[] = [
  {
    what: 'guard and schema, WebSocket / Nest, WsAdapter, guard and ValidationPipe',
    section: 'checked',
    column: ONE,
    ours: 'oursWs',
    theirs: 'nestWs',
    atLeast: 4,
  },
  {
    what: 'connect cycle, TCP / by hand',
    section: 'cycle',
    column: 'a cycle',
    ours: 'oursTcp',
    theirs: 'limitTcp',
    atLeast: 0.75,
  },
  {
    what: 'connect cycle, WebSocket / by hand',
    section: 'cycle',
    column: 'a cycle',
    ours: 'oursWs',
    theirs: 'limitWs',
    atLeast: 0.75,
  },
  { what: 'KiB an idle connection, TCP', section: 'idle', column: 'idle', ours: 'oursTcp', atMost: 6 },
  { what: 'KiB an idle connection, WebSocket', section: 'idle', column: 'idle', ours: 'oursWs', atMost: 8.5 },
  ...latencies('one connection', 1.1),
  ...latencies('open loop', 1.15),
];

function latencies(column: string, atMost: number): Goal[] {
  const goal = { section: 'latency', column, atMost };
  return [
    { ...goal, what: `latency, ${column}, TCP / by hand`, ours: 'oursTcp', theirs: 'limitTcp' },
    { ...goal, what: `latency, ${column}, WebSocket / by hand`, ours: 'oursWs', theirs: 'limitWs' },
  ];
}

/** What is aimed at: speed in times of another server's, memory in KiB, latency in parts of another server's. */
export const GOALS: readonly Goal[] = [
  ...echoes.map((goal) => ({ ...goal, section: 'echo', what: `echo, ${goal.column}, ${goal.what}` })),
  ...broadcasts.map((goal) => ({
    ...goal,
    section: 'broadcast',
    what: `broadcast, ${goal.column}, ${goal.what}`,
  })),
  ...others,
];
