import type { Socket } from 'node:net';
import { reportReject, type RejectReason } from '../diagnostics.js';
import { Arrival, type Peer } from './arrival.js';
import type { ConnectionQuota } from './connection-quota.js';
import type { ResolvedEdge } from './edge-options.js';
import type { FirstByte } from './first-byte.js';
import { plainAddress } from './ip-address.js';
import { looksLikeProxyHead, readProxyHead } from './proxy-protocol.js';
import { ProxyRefusal } from './proxy-refusal.js';
import { QuietLog } from './quiet-log.js';
import { certificateNameOf, TlsTerminator } from './tls-terminator.js';

/** Where connections go once they have said what they speak. */
export interface IntakeTargets {
  /** What the first byte of a connection says about it. */
  kindOf(byte: number): FirstByte;
  /** A client over TCP, with its first bytes; there are none yet when the server `speaksFirst`. */
  stream(socket: Socket, chunk: Buffer, peer: Peer): void;
  /** Nothing but a TCP client comes to this port: it is handed over without waiting for its first byte. Default false. */
  readonly speaksFirst?: boolean;
  /** An HTTP connection; its first bytes are in the socket again. */
  http(socket: Socket, peer: Arrival): void;
}

/** The first byte of a TLS handshake. */
const TLS_HANDSHAKE = 0x16;
const NO_BYTES = Buffer.alloc(0);

/**
 * Takes in every connection of a port: counts it, learns who is behind it (PROXY protocol, TLS), and decides on the first
 * byte where it goes. Cuts those that stay silent.
 */
export class Intake {
  private readonly log = new QuietLog();
  private readonly waiting = new Map<Socket, Arrival>();
  private readonly tls: TlsTerminator | undefined;

  /** Throws `TLS_UNREADABLE`. */
  constructor(
    private readonly edge: ResolvedEdge,
    private readonly quota: ConnectionQuota,
    private readonly targets: IntakeTargets,
  ) {
    this.tls = edge.tls === undefined ? undefined : new TlsTerminator(edge.tls);
  }

  /** Takes a new connection. */
  accept(socket: Socket, now: number): void {
    // Before anything else: a peer may be gone already, and an error without a listener would end the process.
    socket.on('error', (error) => this.noteError(socket, error));
    const address = plainAddress(socket.remoteAddress ?? '');
    if (address === '') {
      socket.destroy();
      return;
    }
    const ticket = this.quota.enter(socket);
    if (ticket === undefined) {
      this.reset(socket, address, 'max_connections');
      return;
    }
    socket.once('close', () => {
      this.waiting.delete(socket);
      ticket.leave();
    });
    const isTrusted = this.edge.proxies.trusts(address);
    const owesProxyHead = isTrusted && this.edge.proxyProtocol;
    const arrival = new Arrival(socket, ticket, address, isTrusted, owesProxyHead, now);
    if (!owesProxyHead && !this.identify(arrival)) return;
    this.waiting.set(socket, arrival);
    this.listen(arrival, socket);
  }

  /** Ends what has been silent since before `limit`. */
  sweep(limit: number): void {
    for (const [socket, { acceptedAt, isInTls }] of this.waiting) {
      if (acceptedAt > limit) break;
      this.waiting.delete(socket);
      if (isInTls) reportReject('transport', 'tls_timeout', 'tls');
      else reportReject('handshake', 'handshake_timeout', 'tcp');
      socket.destroy();
    }
  }

  /** Reads the certificates again. */
  reload(): void {
    this.tls?.reload();
  }

  /** Ends all that are still waiting. */
  close(): void {
    this.tls?.close();
    for (const socket of this.waiting.keys()) socket.destroy();
  }

  /** Later its client counts it. */
  private noteError(socket: Socket, { code }: NodeJS.ErrnoException): void {
    if (code === 'ECONNRESET' && this.waiting.has(socket)) reportReject('transport', 'peer_reset', 'tcp');
  }

  private listen(arrival: Arrival, socket: Socket): void {
    if (this.targets.speaksFirst === true && this.isIdentified(arrival, socket))
      this.pass(arrival, socket, NO_BYTES, 'stream');
    else socket.once('data', (chunk: Buffer) => this.read(arrival, socket, chunk));
  }

  /** It is known who is behind the connection, and its TLS handshake is done. */
  private isIdentified({ owesProxyHead, socket: below }: Arrival, socket: Socket): boolean {
    return !owesProxyHead && (this.tls === undefined || socket !== below);
  }

  private read(arrival: Arrival, socket: Socket, chunk: Buffer): void {
    if (arrival.owesProxyHead) this.readProxy(arrival, chunk);
    else this.decide(arrival, socket, chunk);
  }

  private readProxy(arrival: Arrival, chunk: Buffer): void {
    const { socket, proxyBytes } = arrival;
    const bytes = proxyBytes === undefined ? chunk : Buffer.concat([proxyBytes, chunk]);
    const head = readProxyHead(bytes);
    if (head === undefined) {
      arrival.proxyBytes = bytes;
      this.listen(arrival, socket);
      return;
    }
    if (head instanceof ProxyRefusal) {
      this.refuse(arrival, 'proxy_malformed', 'tcp');
      return;
    }
    arrival.owesProxyHead = false;
    arrival.proxyBytes = undefined;
    if (head.address !== undefined) {
      arrival.address = head.address;
      if (!this.identify(arrival)) return;
    }
    if (head.length < bytes.length) this.read(arrival, socket, bytes.subarray(head.length));
    else this.listen(arrival, socket);
  }

  private decide(arrival: Arrival, socket: Socket, chunk: Buffer): void {
    const byte = chunk[0] ?? 0;
    const isSecure = socket !== arrival.socket;
    if (byte === TLS_HANDSHAKE && this.tls !== undefined && !isSecure) {
      this.secure(arrival, this.tls, chunk);
      return;
    }
    const kind = this.targets.kindOf(byte);
    if (kind === 'unknown')
      this.refuse(arrival, looksLikeProxyHead(chunk) ? 'proxy_untrusted' : 'bad_first_byte', 'tcp');
    else if (this.edge.tls !== undefined && this.edge.tls.allowPlain !== true && !isSecure)
      this.refuse(arrival, 'bad_first_byte', 'tcp');
    else this.pass(arrival, socket, chunk, kind);
  }

  private pass(arrival: Arrival, socket: Socket, chunk: Buffer, kind: 'stream' | 'http'): void {
    this.waiting.delete(arrival.socket);
    if (kind === 'stream') this.targets.stream(socket, chunk, arrival);
    else {
      putBack(socket, chunk);
      this.targets.http(socket, arrival);
      socket.resume();
    }
  }

  private secure(arrival: Arrival, tls: TlsTerminator, chunk: Buffer): void {
    const { socket } = arrival;
    arrival.isInTls = true;
    const failed = (): void => {
      if (arrival.isInTls && this.waiting.has(socket)) reportReject('transport', 'tls_error', 'tls');
    };
    socket.prependOnceListener('close', failed);
    putBack(socket, chunk);
    tls.accept(socket, (secured) => {
      arrival.isInTls = false;
      socket.off('close', failed);
      secured.on('error', (error) => this.noteError(socket, error));
      arrival.certificateName = certificateNameOf(secured);
      this.listen(arrival, secured);
    });
  }

  /** Whether the address that the connection comes from may have one more. */
  private identify(arrival: Arrival): boolean {
    const { address, ticket, socket } = arrival;
    if (this.edge.denied.has(address)) {
      this.reset(socket, address, 'ip_denied');
      return false;
    }
    if (this.edge.proxies.trusts(address)) return true;
    const refusal = ticket.identify(address);
    if (refusal !== undefined) this.reset(socket, address, refusal);
    return refusal === undefined;
  }

  private refuse({ socket }: Arrival, reason: RejectReason, transport: string): void {
    this.waiting.delete(socket);
    reportReject('transport', reason, transport);
    socket.destroy();
  }

  /** Ends a connection at once, without keeping anything of it. */
  private reset(socket: Socket, address: string, reason: RejectReason): void {
    this.waiting.delete(socket);
    reportReject('transport', reason, 'tcp');
    socket.resetAndDestroy();
    if (reason === 'ip_denied') return;
    const advice = 'Behind a load balancer, name it in trustedProxies; else see limits.';
    this.log.warn(`Connections are refused (${reason}), now one of ${address}. ${advice}`);
  }
}

/** Paused first: bytes that are put back while the stream flows would be lost. */
function putBack(socket: Socket, chunk: Buffer): void {
  socket.pause();
  socket.unshift(chunk);
}
