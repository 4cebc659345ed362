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
  /** Length of a uid, in characters. Default 128. */
  uidLength: number;
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
  uidLength: 128,
};

/** Largest value of each limit whose range is narrower than a safe integer. */
export const LIMIT_CEILINGS: Readonly<Partial<PomeloLimits>> = {
  packageBytes: 0xff_ff_ff,
  handshakeBytes: 0xff_ff_ff,
  jsonDepth: 1_000,
  handshakeMs: 2 ** 31 - 1,
  handshakeHookMs: 2 ** 31 - 1,
  requestMs: 2 ** 31 - 1,
  writeStallMs: 2 ** 31 - 1,
};
