import { Packr } from 'msgpackr';
import type { MessageKind } from '../connectors/connector.interface.js';
import { describeError } from '../errors/describe-error.js';
import { RemoteException } from '../errors/remote.exception.js';
import { termsOf, type PushCallOptions, type PushTerms } from '../push/push-terms.js';

export type { PushCallOptions } from '../push/push-terms.js';

/** One push, for any number of sessions. */
export interface Push {
  readonly route: string;
  readonly body: unknown;
  readonly kind: MessageKind;
  /** {@link PushCallOptions.scheduler}. */
  readonly hint?: unknown;
  /** Under which conditions it is still worth sending; `undefined` is always. */
  readonly terms?: PushTerms | undefined;
}

/** Makes a push as the options of its caller say. */
export function pushOf(route: string, body: unknown, kind: MessageKind, options?: PushCallOptions): Push {
  if (options === undefined) return { route, body, kind, hint: undefined, terms: undefined };
  return { route, body, kind, hint: options.scheduler, terms: termsOf(route, options) };
}

// Copies, because a push may wait in the line while the bytes that it came in are written over.
const codec = new Packr({ useRecords: false, moreTypes: true, copyBuffers: true });

/** Encodes a push for other servers: once, whatever their number. Throws `REMOTE_ARGUMENTS` for values that cannot travel. */
export function encodePush({ route, body, kind, hint, terms }: Push): Uint8Array {
  try {
    return codec.pack(
      terms === undefined ? [route, body, kind, hint] : [route, body, kind, hint, leftOf(terms)],
    );
  } catch (error) {
    throw new RemoteException('REMOTE_ARGUMENTS', { method: route, detail: describeError(error) });
  }
}

/** Decodes what another server encoded. */
export function decodePush(bytes: Uint8Array): Push {
  const [route, body, kind, hint, left] = codec.unpack(bytes) as TravellingPush;
  return { route, body, kind, hint, terms: left === undefined ? undefined : termsFrom(left) };
}

type TravellingPush = [string, unknown, MessageKind, unknown, TravellingTerms?];

/** Volatile, the key or nothing, and the ms that are left: clocks of servers differ. */
type TravellingTerms = [boolean, string | null, number];

function leftOf({ volatile, key, deadline }: PushTerms): TravellingTerms {
  return [volatile, key ?? null, deadline - performance.now()];
}

function termsFrom([volatile, key, leftMs]: TravellingTerms): PushTerms {
  return { volatile, key: key ?? undefined, deadline: performance.now() + leftMs };
}
