/** Why bytes are not a body of the schema. */
export type ProtobufRefusalReason =
  | 'unknown_route'
  | 'truncated'
  | 'bad_tag'
  | 'bad_varint'
  | 'too_deep'
  | 'too_many_elements'
  | 'missing_required'
  | 'bad_type';

/** What decoding returns in place of a body that it refuses. One object per reason, so that garbage costs nothing. */
export class ProtobufRefusal {
  /** The schema has no message for this route. */
  static readonly UnknownRoute = new ProtobufRefusal('unknown_route');
  /** The bytes end inside a field, or a length or count promises more than there is. */
  static readonly Truncated = new ProtobufRefusal('truncated');
  /** A tag that the message does not declare. */
  static readonly BadTag = new ProtobufRefusal('bad_tag');
  /** A varint of more than 8 bytes or beyond 2^53-1. */
  static readonly BadVarint = new ProtobufRefusal('bad_varint');
  /** More nested messages than `maxDepth`. */
  static readonly TooDeep = new ProtobufRefusal('too_deep');
  /** More elements of repeated fields than `maxElements`. */
  static readonly TooManyElements = new ProtobufRefusal('too_many_elements');
  /** A required field is not there. */
  static readonly MissingRequired = new ProtobufRefusal('missing_required');
  /** A field whose type pomelo-protobuf does not have, or whose tag it cannot write. */
  static readonly BadType = new ProtobufRefusal('bad_type');

  private constructor(readonly reason: ProtobufRefusalReason) {}
}
