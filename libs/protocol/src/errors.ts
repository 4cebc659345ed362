/** What every code says; `{name}` stands for a detail of that name. */
const MESSAGES = {
  BAD_PACKAGE_TYPE: 'Package type {type} does not exist: it is 1 to 5',
  PACKAGE_TOO_BIG: 'A package body of {bytes} bytes does not fit: the limit is 16777215',
  BAD_MESSAGE_TYPE: 'Message type {type} does not exist: it is 0 to 3',
  BAD_MESSAGE_ID: 'Message id {id} cannot be sent: it is an integer from 0 to 2^53-1',
  BAD_ROUTE_CODE: 'Route code {code} cannot be sent: it is an integer from 0 to 65535',
  ROUTE_TOO_LONG: 'Route {route} has {bytes} bytes as UTF-8: the limit is 255',
  DICTIONARY_FULL: 'The route dictionary holds at most 65535 codes; {codes} are asked for',
  PROTOBUF_UNKNOWN_ROUTE: 'The protobuf schema has no message for route {route}',
  PROTOBUF_MISSING_FIELD: 'Route {route}: required field {field} is missing',
  PROTOBUF_BAD_VALUE: 'Route {route}: field {field} cannot hold {value}, it is a {type}',
  PROTOBUF_BAD_TYPE: 'Route {route}: field {field} has type {type}, which pomelo-protobuf does not have',
  PROTOBUF_BAD_TAG: 'Route {route}: field {field} has tag {tag}, which cannot be written',
  PROTOBUF_TOO_DEEP: 'Route {route}: messages nested deeper than {maxDepth}, at field {field}',
} as const;

/** Names the mistake behind a {@link ProtocolError}; stable, fit for `switch`. */
export type ProtocolErrorCode = keyof typeof MESSAGES;

/** The values that a message mentions, by the name of their place in it. */
export type ProtocolErrorDetails = Readonly<Record<string, unknown>>;

/**
 * A mistake of the program: something that the protocol cannot say was asked for, or a schema or option is wrong. Only
 * the encoding side and constructors throw it. Bytes from a peer never do: they are refused by a returned verdict.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';

  constructor(
    readonly code: ProtocolErrorCode,
    details: ProtocolErrorDetails = {},
  ) {
    super(MESSAGES[code].replace(/\{(\w+)\}/g, (_, name: string) => show(details[name])));
  }
}

const SHOWN_CHARACTERS = 80;

function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : describe(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
