import { Packr } from 'msgpackr';
import type { MessageKind } from '../connectors/connector.interface.js';
import { describeError } from '../errors/describe-error.js';
import { RemoteException } from '../errors/remote.exception.js';

/** How a push is scheduled. */
export interface PushCallOptions {
  /** Handed to `push.select` as `hint`, on the server that writes to the client. */
  readonly scheduler?: unknown;
}

/** One push, for any number of sessions. */
export interface Push {
  readonly route: string;
  readonly body: unknown;
  readonly kind: MessageKind;
  /** {@link PushCallOptions.scheduler}. */
  readonly hint?: unknown;
}

// Copies, because a push may wait in the line while the bytes that it came in are written over.
const codec = new Packr({ useRecords: false, moreTypes: true, copyBuffers: true });

/** Encodes a push for other servers: once, whatever their number. Throws `REMOTE_ARGUMENTS` for values that cannot travel. */
export function encodePush({ route, body, kind, hint }: Push): Uint8Array {
  try {
    return codec.pack([route, body, kind, hint]);
  } catch (error) {
    throw new RemoteException('REMOTE_ARGUMENTS', { method: route, detail: describeError(error) });
  }
}

/** Decodes what another server encoded. */
export function decodePush(bytes: Uint8Array): Push {
  const [route, body, kind, hint] = codec.unpack(bytes) as [string, unknown, MessageKind, unknown];
  return { route, body, kind, hint };
}
