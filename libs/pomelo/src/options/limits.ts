import { LONGEST_TIMER_MS } from '../timing/longest-timer.js';

/** Numbers that bound what one client, or all of them, can cost. Every one has a safe default. */
export interface PomeloLimits {
  /** Largest package of a working client, in bytes of its body. Default 65536, at most 16777215. */
  packageBytes: number;
  /** Largest package before the handshake is finished, in bytes. Default 16384. */
  handshakeBytes: number;
  /** Time from the connection to the ACK, and for one HTTP request to arrive, in ms, whatever comes meanwhile. Default 10000. */
  handshakeMs: number;
  /** Time for the guards and the hook of one handshake, in ms. Default 5000. */
  handshakeHookMs: number;
  /** Nesting of a JSON body. Default 64. */
  jsonDepth: number;
  /** Size of a body after inflating, in bytes. Default 1048576. */
  inflatedBytes: number;
  /** Time for a request to be answered by its handler, in ms; then the client gets 504. Default 10000. */
  requestMs: number;
  /** Requests of one session that may be in flight; beyond it reading from that client pauses. Default 64. */
  requestsInFlight: number;
  /** Bytes waiting for one client from which on reading from it pauses. Default 262144. */
  writeBufferSoftBytes: number;
  /** Bytes waiting for one client from which on it is closed as a slow consumer. Default 4194304. */
  writeBufferHardBytes: number;
  /** Time for which bytes may wait above the soft limit, in ms; then the client is closed as a slow consumer. Default 10000. */
  writeStallMs: number;
  /** Bytes that a client has not taken from which on it is behind: volatile pushes are skipped, and others wait when their options say so. Never less than the high-water mark of Node's sockets, 16384 in Node 20. Default 16384. */
  pushBehindBytes: number;
  /** Length of a uid, in characters. Default 128. */
  uidLength: number;
  /** Length of a route that a client sends, in bytes; a longer one is answered with 404, and no handler may have one. Default 255, at most 255. */
  routeBytes: number;
  /** Messages of one session a second, on average; those beyond it are answered with 429. Default 200. */
  messagesPerSecond: number;
  /** Messages of one session in a burst. Who owes as many beyond it is closed with 4429. Default 400. */
  messageBurst: number;
  /** Heartbeats, and WebSocket pings, of one client in a second; beyond it it is closed with 4429. Default 50. */
  pingsPerSecond: number;
  /** Fragments of one WebSocket message. Default 256. */
  messageFragments: number;
  /** Open connections of this process, over all connectors; beyond it new ones are reset. Default 50000. */
  connections: number;
  /** Open connections of one IP address (IPv6: of one /64), loopback and trusted proxies excepted; beyond it new ones are reset. Default 500. */
  connectionsPerIp: number;
  /** New connections of one IP address a second, on average, with the same exceptions; beyond it new ones are reset. Default 20. */
  connectsPerSecond: number;
  /** New connections of one IP address in a burst. Default 200. */
  connectBurst: number;
  /** Interval in which servers of a cluster hear of each other, in ms; three of them without a sign is gone. Default 1000. */
  clusterHeartbeatMs: number;
  /** Time for which what goes to another server waits for a broker that is away, in ms; then it fails with 503. Default 500. */
  clusterWaitMs: number;
  /** Bytes that may wait for the broker; what goes to another server beyond it fails with 503. Default 16777216. */
  clusterQueueBytes: number;
  /** Length of a token (`nestjs-pomelo/jwt`), in bytes; a longer one is refused unread. Default 8192. */
  tokenBytes: number;
  /** Tokens for single use that are remembered in this process at once; beyond it new ones are refused with 503. Default 100000. */
  usedTokens: number;
  /** Length of the name of a channel that a client asks for (`ChannelAccess`), in characters; a longer one is refused. Default 128. */
  channelNameLength: number;
  /** Calls and requests of other servers that are worked on at once; those beyond it are refused with 503. Default 2048. */
  callsInFlight: number;
  /** Bytes of the history of one channel; older messages are forgotten beyond it. Default 1048576. */
  historyBytes: number;
  /** Time that a server which stops gives requests, and calls of other servers, to end, in ms. Default 10000. */
  drainMs: number;
  /** Time for which the session of a client that can resume waits for it, in ms. Default 60000. */
  resumeMs: number;
  /** Messages that are kept for a client that can resume; who has missed more starts anew. Default 256, at most 10000. */
  resumeMessages: number;
  /** Bytes of these messages, at most half of `writeBufferHardBytes`. Default 1048576. */
  resumeBytes: number;
  /** Sessions of this process that wait for their clients; beyond it the oldest ends. Default 10000. */
  resumeSessions: number;
  /** Bytes of what is kept for all of them; beyond it the oldest ends. Default 268435456. */
  resumeAwayBytes: number;
}

/** The defaults, and the range in which each limit may be set. */
export const DEFAULT_LIMITS: Readonly<PomeloLimits> = {
  packageBytes: 64 * 1024,
  handshakeBytes: 16 * 1024,
  handshakeMs: 10_000,
  handshakeHookMs: 5_000,
  jsonDepth: 64,
  inflatedBytes: 1024 * 1024,
  requestMs: 10_000,
  requestsInFlight: 64,
  writeBufferSoftBytes: 256 * 1024,
  writeBufferHardBytes: 4 * 1024 * 1024,
  writeStallMs: 10_000,
  pushBehindBytes: 16 * 1024,
  uidLength: 128,
  routeBytes: 255,
  messagesPerSecond: 200,
  messageBurst: 400,
  pingsPerSecond: 50,
  messageFragments: 256,
  connections: 50_000,
  connectionsPerIp: 500,
  connectsPerSecond: 20,
  connectBurst: 200,
  clusterHeartbeatMs: 1_000,
  clusterWaitMs: 500,
  clusterQueueBytes: 16 * 1024 * 1024,
  tokenBytes: 8 * 1024,
  usedTokens: 100_000,
  channelNameLength: 128,
  callsInFlight: 2_048,
  historyBytes: 1024 * 1024,
  drainMs: 10_000,
  resumeMs: 60_000,
  resumeMessages: 256,
  resumeBytes: 1024 * 1024,
  resumeSessions: 10_000,
  resumeAwayBytes: 256 * 1024 * 1024,
};

/** Largest value of each limit whose range is narrower than a safe integer. */
export const LIMIT_CEILINGS: Readonly<Partial<PomeloLimits>> = {
  packageBytes: 0xff_ff_ff,
  handshakeBytes: 0xff_ff_ff,
  jsonDepth: 1_000,
  routeBytes: 255,
  handshakeMs: LONGEST_TIMER_MS,
  handshakeHookMs: LONGEST_TIMER_MS,
  requestMs: LONGEST_TIMER_MS,
  clusterHeartbeatMs: LONGEST_TIMER_MS,
  clusterWaitMs: LONGEST_TIMER_MS,
  drainMs: LONGEST_TIMER_MS,
  resumeMs: LONGEST_TIMER_MS,
  resumeMessages: 10_000,
  writeStallMs: LONGEST_TIMER_MS,
};
