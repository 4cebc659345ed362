import type { EdgeOptions } from '../../edge/edge-options.js';
import type { GateHooks } from './gate-hooks.interface.js';

/** Where one of the two listeners listens. */
export interface GateAddress {
  /** Port; 0 takes a free one. */
  readonly port: number;
  /** Address to listen on. Default all interfaces. */
  readonly host?: string;
}

/** What becomes of a push to a client for which too many packs wait. */
export type FullBuffer = 'drop' | 'close';

/** Which of the two incompatible encryptions of the gate `encryptKey` means. */
export type GateEncryption = 'v1.1' | 'v1.2';

/** Options of {@link gate}. */
export interface GateOptions extends EdgeOptions, GateHooks {
  /** The listener for TCP. At least one of `tcp` and `ws` is needed. */
  readonly tcp?: GateAddress;
  /** The listener for WebSocket, and for HTTP as on every port. */
  readonly ws?: GateAddress;
  /** Certificate for both listeners, PEM text or path: the same as `tls: { cert, key }`. */
  readonly certFile?: string;
  /** Key of the certificate, PEM text or path. */
  readonly keyFile?: string;
  /** Bytes that are read ahead of a client that has to wait, over TCP without TLS. Default as Node. */
  readonly bufSize?: number;
  /** Bytes of the longest pack that a client may send, its length included. Default 65535, or `limits.packageBytes` if that is less. */
  readonly maxPackSize?: number;
  /** Packs that may wait for one client; see `onFullBuffer`. Default 100. */
  readonly sendPackBuffNum?: number;
  /** Drops a push that finds the buffer full, which its sender is told; or closes the client as a slow consumer. Default `drop`. */
  readonly onFullBuffer?: FullBuffer;
  /** Time from the connection to the first pack, in ms. Default `limits.handshakeMs`. */
  readonly overTime?: number;
  /** Silence after which a client is closed, in ms; 0 is never. Default 60000. */
  readonly heartOverTimer?: number;
  /** Packs of one client that may be worked on at the same time; beyond it nothing is read of it. Default 20. */
  readonly concurrentTasks?: number;
  /** Key of the obsolete encryption of packs. Default none; use TLS. */
  readonly encryptKey?: string;
  /** Default `v1.1`. */
  readonly encryption?: GateEncryption;
  /** What handlers get as body: what the JSON text says, or the bytes as a Buffer. Default `json`. */
  readonly body?: 'json' | 'bytes';
  /** The second part of the routes that topics name. Default `handler`. */
  readonly handler?: string;
}
