import { PomeloClientError } from './errors.js';

/** How bytes travel; `tcp` exists in Node only. */
export type EndpointProtocol = 'tcp' | 'ws' | 'wss';

/** Where a server listens: `tcp://host:port`, `ws://host:port/path`, `wss://host`, or the parts. */
export type ConnectTarget =
  | string
  | URL
  | {
      readonly host: string;
      readonly port: number;
      /** Default `tcp` in Node, `ws` in browsers. */
      readonly protocol?: EndpointProtocol;
    };

/** An address, checked. */
export interface Endpoint {
  readonly protocol: EndpointProtocol;
  /** Name or address; IPv6 without brackets. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** The whole address, with the path and query of a WebSocket. */
  readonly url: string;
}

const DEFAULT_PORTS: Readonly<Record<EndpointProtocol, number>> = { tcp: 0, ws: 80, wss: 443 };

/** Reads an address; throws `PomeloClientError` `BAD_ENDPOINT` for anything that names no host, port and protocol. */
export function resolveEndpoint(target: ConnectTarget, defaultProtocol: EndpointProtocol): Endpoint {
  const url = parseUrl(
    typeof target === 'string' || target instanceof URL ? target : join(target, defaultProtocol),
  );
  const protocol = url.protocol.slice(0, -1);
  if (!isProtocol(protocol)) throw refusal(url.href);
  const port = url.port === '' ? DEFAULT_PORTS[protocol] : Number(url.port);
  if (port === 0 || url.hostname === '') throw refusal(url.href);
  return { protocol, host: url.hostname.replace(/^\[|\]$/g, ''), port, url: url.href };
}

function join(target: Exclude<ConnectTarget, string | URL>, defaultProtocol: EndpointProtocol): string {
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return `${target.protocol ?? defaultProtocol}://${host}:${target.port}`;
}

function parseUrl(target: string | URL): URL {
  try {
    return new URL(target);
  } catch (cause) {
    throw refusal(String(target), cause);
  }
}

function isProtocol(text: string): text is EndpointProtocol {
  return Object.hasOwn(DEFAULT_PORTS, text);
}

function refusal(detail: string, cause?: unknown): PomeloClientError {
  return new PomeloClientError('BAD_ENDPOINT', { detail, cause });
}
