/** Why bytes are not a JSON value that is accepted. */
export type JsonRefusalReason = 'empty' | 'too_large' | 'too_deep' | 'bad_utf8' | 'bad_json';

/** What parsing returns in place of a value that it refuses. One object per reason, so that garbage costs nothing. */
export class JsonRefusal {
  /** There are no bytes. */
  static readonly Empty = new JsonRefusal('empty');
  /** More bytes than the limit. */
  static readonly TooLarge = new JsonRefusal('too_large');
  /** Objects and arrays nested deeper than the limit. */
  static readonly TooDeep = new JsonRefusal('too_deep');
  /** Not UTF-8. */
  static readonly BadUtf8 = new JsonRefusal('bad_utf8');
  /** Not JSON, or not the kind of value that is asked for. */
  static readonly BadJson = new JsonRefusal('bad_json');

  private constructor(readonly reason: JsonRefusalReason) {}
}
