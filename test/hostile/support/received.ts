import { decodeMessageHead, MessageHead, PackageType, utf8Decode } from 'nestjs-pomelo-protocol';

/** A package of the server as tests compare it. */
export interface Received {
  readonly type: PackageType;
  /** Of an answer. */
  readonly id?: number;
  /** Of a push. */
  readonly route?: string;
  readonly json: unknown;
}

/** Reads a package of the server. */
export function readPackage(type: PackageType, body: Uint8Array): Received {
  if (type !== PackageType.Data) return { type, json: jsonOf(body) };
  const head = new MessageHead();
  decodeMessageHead(body, 0, body.length, head);
  const json = jsonOf(body.subarray(head.bodyStart));
  return head.id > 0 ? { type, id: head.id, json } : { type, route: head.route, json };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Decode(bytes, 0, bytes.length));
  } catch {
    return undefined;
  }
}
