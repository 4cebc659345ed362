/** A schema file as written: the contents of `clientProtos.json` or `serverProtos.json`. */
export type ProtoSource = Readonly<Record<string, unknown>>;

/** How often a field may occur. */
export type ProtoOption = 'required' | 'optional' | 'repeated';

/** One field in parsed form; `tag` is kept as the schema file has it. */
export interface ParsedField {
  readonly option: ProtoOption;
  readonly type: string;
  readonly tag: number | string;
}

/**
 * One message in parsed form: its fields by name, then the message types that only it sees, then the field names by
 * tag. The order of the keys is part of the format, because the version is a hash of the JSON text.
 */
export interface ParsedMessage {
  readonly [field: string]:
    ParsedField | Readonly<Record<string, ParsedMessage>> | Readonly<Record<string, string>>;
  readonly __messages: Readonly<Record<string, ParsedMessage>>;
  readonly __tags: Readonly<Record<string, string>>;
}

/**
 * A parsed schema, the form in which the handshake carries it: messages by route, and the types that all of them see
 * under `message <type>` (Pomelo 2.2.7).
 */
export type ParsedProtos = Readonly<Record<string, ParsedMessage>>;
