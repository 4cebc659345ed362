import { Logger } from '@nestjs/common';
import { unwatchFile, watchFile } from 'node:fs';
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { describeError } from '../errors/describe-error.js';
import { certificateFiles, loadCertificates, type Certificates } from './certificates.js';
import type { TlsOptions } from './tls-options.js';

const DEFAULT_WATCH_MS = 10_000;

/** Takes over a connection that has become secure. */
export type SecureListener = (socket: TLSSocket) => void;

/** Does the TLS of connections that begin with it, with certificates that may change while it runs. */
export class TlsTerminator {
  private readonly logger = new Logger('Pomelo');
  private readonly server: Server;
  private readonly watched: string[];
  /** Connections in their TLS handshake, by the address of the peer: the secure socket does not know the one below it. */
  private readonly pending = new Map<string, SecureListener>();
  private certificates: Certificates;

  /** Throws `TLS_UNREADABLE`. */
  constructor(private readonly options: TlsOptions) {
    this.certificates = loadCertificates(options);
    this.server = createServer({
      ...this.certificates.fallback,
      requestCert: options.clientAuthority !== undefined,
      rejectUnauthorized: options.clientCertificateOptional !== true,
      SNICallback: (host, done) => done(null, this.certificates.contextOf(host)),
    });
    this.server.on('secureConnection', (socket) => this.secured(socket));
    // The connection ends, which is noticed where it was accepted.
    this.server.on('tlsClientError', () => {});
    this.watched = options.watch === false ? [] : certificateFiles(options);
    const watching = { interval: options.watch || DEFAULT_WATCH_MS, persistent: false };
    for (const file of this.watched) watchFile(file, watching, this.reload);
  }

  /** Takes a connection whose first bytes are in the socket again. */
  accept(socket: Socket, onSecure: SecureListener): void {
    const key = peerOf(socket);
    this.pending.set(key, onSecure);
    socket.once('close', () => {
      if (this.pending.get(key) === onSecure) this.pending.delete(key);
    });
    this.server.emit('connection', socket);
  }

  /** Reads the certificates again, for new connections. Those that cannot be read are logged, and change nothing. */
  readonly reload = (): void => {
    try {
      this.certificates = loadCertificates(this.options);
      this.server.setSecureContext(this.certificates.fallback);
      this.logger.log('The certificates were read again');
    } catch (error) {
      this.logger.error(`The certificates stay as they are: ${describeError(error)}`);
    }
  };

  /** Ends the watching. */
  close(): void {
    for (const file of this.watched) unwatchFile(file, this.reload);
  }

  private secured(socket: TLSSocket): void {
    const key = peerOf(socket);
    const onSecure = this.pending.get(key);
    this.pending.delete(key);
    if (onSecure === undefined) socket.destroy();
    else onSecure(socket);
  }
}

/** The name that a client has proved to have; `undefined` without a certificate that the authority signed. */
export function certificateNameOf(socket: TLSSocket): string | undefined {
  if (!socket.authorized) return undefined;
  const name: unknown = socket.getPeerCertificate().subject?.CN;
  return typeof name === 'string' ? name : undefined;
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
