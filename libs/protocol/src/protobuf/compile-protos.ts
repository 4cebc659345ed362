import type { FieldDescriptor, FieldKind, MessageDescriptor } from './message-descriptor.js';
import { isOption } from './parse-protos.js';
import type { ParsedField, ParsedProtos } from './parsed-protos.js';
import { entriesOf, isRecord } from './plain-record.js';

/**
 * The largest tag that crosses: pomelo-protobuf keeps a key in a signed 32-bit integer, of which the wire type takes 3
 * bits.
 */
const MAX_TAG = 2 ** 28 - 1;

const ROOT_TYPE_PREFIX = 'message ';

interface ValueType {
  readonly kind: FieldKind;
  readonly wire: number;
  readonly minimumBytes: number;
  /** Repeated values follow one count, without keys between them. */
  readonly packable: boolean;
}

/** Wire types as the server of Pomelo 2.2.7 writes them; `int32` is zigzag there, as `sInt32`. */
const SCALAR_TYPES: ReadonlyMap<string, ValueType> = new Map([
  ['uInt32', { kind: 'unsigned', wire: 0, minimumBytes: 1, packable: true }],
  ['sInt32', { kind: 'signed', wire: 0, minimumBytes: 1, packable: true }],
  ['int32', { kind: 'signed', wire: 0, minimumBytes: 1, packable: true }],
  ['float', { kind: 'float', wire: 5, minimumBytes: 4, packable: true }],
  ['double', { kind: 'double', wire: 1, minimumBytes: 8, packable: true }],
  ['string', { kind: 'string', wire: 2, minimumBytes: 1, packable: false }],
]);
const MESSAGE_TYPE: ValueType = { kind: 'message', wire: 2, minimumBytes: 1, packable: false };
const UNKNOWN_TYPE: ValueType = { kind: 'unknown_type', wire: 2, minimumBytes: 1, packable: false };
const UNUSABLE_TAG: ValueType = { kind: 'unusable_tag', wire: 2, minimumBytes: 1, packable: false };

/** A descriptor whose tables are still being filled; types may refer to one another in circles. */
interface Draft extends MessageDescriptor {
  readonly byName: Map<string, FieldDescriptor>;
  readonly byTag: Map<number, FieldDescriptor>;
  readonly required: FieldDescriptor[];
}
type Types = ReadonlyMap<string, MessageDescriptor>;

/**
 * Compiles a parsed schema once, so that coding a body looks nothing up by text but its field names. Returns the
 * messages by route. Never throws: what is malformed is skipped, what is unsupported is refused when
 * it is used.
 */
export function compileProtos(protos: ParsedProtos): ReadonlyMap<string, MessageDescriptor> {
  const roots = draftAll(protos);
  for (const [key, source] of entriesOf(protos)) fill(roots.get(key), source, roots);
  return new Map([...roots].filter(([key]) => !key.startsWith(ROOT_TYPE_PREFIX)));
}

function draftAll(sources: unknown): Map<string, Draft> {
  const drafts = new Map<string, Draft>();
  for (const [name] of entriesOf(sources)) {
    drafts.set(name, { byName: new Map(), byTag: new Map(), required: [] });
  }
  return drafts;
}

function fill(draft: Draft | undefined, source: unknown, roots: Types): void {
  if (draft === undefined || !isRecord(source)) return;
  const nested = draftAll(source['__messages']);
  for (const [type, inner] of entriesOf(source['__messages'])) fill(nested.get(type), inner, roots);
  for (const [name, parsed] of entriesOf(source)) {
    if (!isParsedField(parsed)) continue;
    // A type is visible in the message that declares it, not in the messages inside that one.
    const field = compileField(
      name,
      parsed,
      nested.get(parsed.type) ?? roots.get(ROOT_TYPE_PREFIX + parsed.type),
    );
    draft.byName.set(name, field);
    if (field.required) draft.required.push(field);
  }
  for (const [tag, name] of entriesOf(source['__tags'])) {
    const field = typeof name === 'string' ? draft.byName.get(name) : undefined;
    if (field !== undefined) draft.byTag.set(Number(tag), field);
  }
}

function compileField(
  name: string,
  parsed: ParsedField,
  message: MessageDescriptor | undefined,
): FieldDescriptor {
  const { type, tag } = parsed;
  const known = SCALAR_TYPES.get(type) ?? (message === undefined ? UNKNOWN_TYPE : MESSAGE_TYPE);
  const { kind, wire, minimumBytes, packable } = isUsableTag(tag) ? known : UNUSABLE_TAG;
  const repeated = parsed.option === 'repeated';
  return {
    name,
    type,
    tag,
    kind,
    required: parsed.option === 'required',
    repeated,
    packed: repeated && packable,
    key: Number(tag) * 8 + wire,
    minimumBytes,
    message: kind === 'message' ? message : undefined,
  };
}

/** Schema files write tags as numbers; one in quotes works in Pomelo too. */
function isUsableTag(tag: number | string): boolean {
  const value = Number(tag);
  return Number.isInteger(value) && value >= 0 && value <= MAX_TAG && String(value) === String(tag);
}

function isParsedField(value: unknown): value is ParsedField {
  if (!isRecord(value)) return false;
  const { option, type, tag } = value;
  return isOption(option) && typeof type === 'string' && (typeof tag === 'number' || typeof tag === 'string');
}
