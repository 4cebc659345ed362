import type { PackageLog } from './package-log.js';

/** A client of somebody else, connected: the same few words for each of them. */
export interface ForeignClient {
  /** `user` of the handshake answer, as the client handed it to its application. */
  readonly user: unknown;
  /** What came over the wire. */
  readonly log: PackageLog;
  /** What the client knows of the kick that it gets. */
  readonly kicked: Promise<unknown>;
  /** Fulfils when the connection has ended, whoever ended it. */
  readonly closed: Promise<unknown>;
  request(route: string, body: unknown): Promise<unknown>;
  notify(route: string, body: unknown): void;
  /** Starts to listen for a push route; the result gives its bodies in order. */
  listen(route: string): () => Promise<unknown>;
  disconnect(): void;
}

/** Connects to a port of this machine and shakes hands with `user`. */
export type Connect = (port: number, user: unknown) => Promise<ForeignClient>;

/** Bodies of one push route, in order, for whoever asks first. */
export { AsyncQueue } from '../../client/async-queue.js';
