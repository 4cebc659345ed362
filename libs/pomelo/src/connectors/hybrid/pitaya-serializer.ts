import { Logger } from '@nestjs/common';
import { describeError } from '../../errors/describe-error.js';
import { ErrorReply } from '../../errors/error-reply.js';
import { synchronous } from '../../errors/synchronous.js';
import { checkOptional, checkRecord, refuseOption, refuseUnknown } from '../../options/option-checks.js';
import { encodePitayaError } from './pitaya-error.js';

/** How the bodies of pitaya clients are written, when not as JSON. Clients of the Pomelo family do not notice it. */
export interface PitayaSerializer {
  /** What the handshake tells the clients. */
  readonly name: 'protobuf';
  /** Reads what came for a route; what it throws answers the request with 400. Default: handlers get the bytes. */
  readonly decode?: (route: string, bytes: Buffer) => unknown;
  /** Writes a push, or the answer to a request for the route. Default: handlers give the bytes. */
  readonly encode?: (route: string, value: unknown) => Uint8Array;
}

/** Checks the option. Throws `OPTION_INVALID`. */
export function checkSerializer(given: PitayaSerializer | undefined): PitayaSerializer | undefined {
  if (given === undefined) return undefined;
  const serializer = checkRecord('hybrid.serializer', given);
  refuseUnknown(serializer, ['name', 'decode', 'encode'], 'hybrid.serializer.');
  if (serializer.name !== 'protobuf')
    refuseOption('hybrid.serializer.name', serializer.name, '"protobuf"', 'Leave serializer out for JSON.');
  checkOptional('hybrid.serializer.decode', serializer.decode, 'function');
  checkOptional('hybrid.serializer.encode', serializer.encode, 'function');
  return given;
}

/** A body that the serializer could not read. */
export const UNREADABLE = Symbol('unreadable');

/** What the bytes of a body say, or {@link UNREADABLE}. Never throws. */
export function deserialize({ decode }: PitayaSerializer, route: string, bytes: Buffer): unknown {
  if (decode === undefined) return bytes;
  try {
    return synchronous('hybrid.serializer.decode', decode(route, bytes));
  } catch (error) {
    const named = JSON.stringify(route.slice(0, 128));
    new Logger('Pomelo').debug(
      `hybrid.serializer could not read a body of ${named}: ${describeError(error)}`,
    );
    return UNREADABLE;
  }
}

/** The bytes of an answer or a push. Throws when there are none. */
export function serialize({ encode }: PitayaSerializer, route: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ErrorReply) return encodePitayaError(value.toPitaya());
  // An empty body is legal in the family.
  if (value === undefined) return new Uint8Array();
  const bytes: unknown =
    encode === undefined ? value : synchronous('hybrid.serializer.encode', encode(route, value));
  if (bytes instanceof Uint8Array) return bytes;
  throw new TypeError(`The body of ${JSON.stringify(route)} is not bytes`);
}
