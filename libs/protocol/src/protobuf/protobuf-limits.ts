/** What one body may cost, whoever wrote it. */
export interface ProtobufLimits {
  /** Messages nested in one another, the body itself included; default 32. Holds for encoding too. */
  readonly maxDepth: number;
  /** Elements of all repeated fields of one decoded body together; default 10 000. */
  readonly maxElements: number;
}

/** The limits that apply where none are given. */
export const DEFAULT_PROTOBUF_LIMITS: ProtobufLimits = { maxDepth: 32, maxElements: 10_000 };
