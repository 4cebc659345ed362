/** How the bytes of one value are made; a value of the last two is refused both ways. */
export type FieldKind =
  'unsigned' | 'signed' | 'float' | 'double' | 'string' | 'message' | 'unknown_type' | 'unusable_tag';

/** One field, compiled. All have the same shape, so that the codec's property reads stay monomorphic. */
export interface FieldDescriptor {
  readonly name: string;
  /** Type and tag as the schema has them, for error messages. */
  readonly type: string;
  readonly tag: number | string;
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly repeated: boolean;
  /** Repeated numbers: written as one key, a count and the elements. Everything else repeats its key. */
  readonly packed: boolean;
  /** What goes before the value: tag * 8 + wire type. */
  readonly key: number;
  /** The least number of bytes that a value takes. */
  readonly minimumBytes: number;
  /** The type of a `message` field. */
  readonly message: MessageDescriptor | undefined;
}

/** One message type, compiled: a lookup for each direction. */
export interface MessageDescriptor {
  readonly byName: ReadonlyMap<string, FieldDescriptor>;
  readonly byTag: ReadonlyMap<number, FieldDescriptor>;
  readonly required: readonly FieldDescriptor[];
}
