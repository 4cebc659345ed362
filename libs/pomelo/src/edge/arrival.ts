import type { Socket } from 'node:net';
import type { ConnectionTicket } from './connection-quota.js';

/** Who is at the other end of a connection. */
export interface Peer {
  /** IP address of the client, as far as proxies that we trust tell it. */
  readonly address: string;
  /** Name in a certificate of the client that was verified. */
  readonly certificateName: string | undefined;
  /** When the connection was accepted, as `performance.now()`. */
  readonly acceptedAt: number;
}

/** A connection that has not said yet what it speaks. */
export class Arrival implements Peer {
  certificateName: string | undefined = undefined;
  /** In its TLS handshake. */
  isInTls = false;
  /** What came of that head so far. */
  proxyBytes: Buffer | undefined = undefined;

  constructor(
    /** The connection itself, below TLS. */
    readonly socket: Socket,
    readonly ticket: ConnectionTicket,
    public address: string,
    /** It comes from a proxy of ours. */
    readonly isTrusted: boolean,
    /** Whether a head of the PROXY protocol must come first. */
    public owesProxyHead: boolean,
    readonly acceptedAt: number,
  ) {}
}
