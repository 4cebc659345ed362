/** How a connection is left: in order, at once, or with a reset. */
export type Ending = 'end' | 'destroy' | 'reset';

/** Bytes that are written at once. */
export interface Step {
  readonly bytes: Uint8Array;
  /** Whether the next step waits for the server to say something. */
  readonly isQuestion: boolean;
}

/** What one connection does. */
export interface Script {
  readonly transport: 'tcp' | 'ws';
  /** What is written, one after the other. */
  readonly steps: readonly Step[];
  /** How many packages these are, the handshake and its acknowledgement not counted. */
  readonly packages: number;
  readonly ending: Ending;
}
