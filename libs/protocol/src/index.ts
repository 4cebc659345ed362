export { isCompressed, type BodyCompression } from './compression.js';
export { ProtocolError, type ProtocolErrorCode, type ProtocolErrorDetails } from './errors.js';
export { readHandshakeRequest } from './handshake-reader.js';
export {
  detectDialect,
  HandshakeCode,
  type Dialect,
  type HandshakeReplyBody,
  type HandshakeReplySys,
  type HandshakeRequest,
  type HandshakeRequestSys,
} from './handshake.js';
export { escapeBeyondBmp } from './json-escape.js';
export { parseJson, type JsonLimits } from './json-guard.js';
export { JsonRefusal, type JsonRefusalReason } from './json-refusal.js';
export { encodeKick } from './kick.js';
export { decodeMessageHead, MessageHead, type MessageRefusal } from './message-decoder.js';
export {
  encodeMessage,
  messageHeadByteLength,
  writeMessageHead,
  type MessageHeadFields,
} from './message-encoder.js';
export { MessageLog, type MessageLogLimits } from './message-log.js';
export { MessageType } from './message.js';
export { decodePackages } from './package-batch.js';
export { PackageDecoder, type PackageRefusal, type PackageSink } from './package-decoder.js';
export {
  encodePackage,
  HANDSHAKE_ACK_PACKAGE,
  HEARTBEAT_PACKAGE,
  MAX_PACKAGE_BODY_BYTES,
  PACKAGE_HEAD_BYTES,
  PackageType,
  writePackageHead,
} from './package.js';
export { parseProtos } from './protobuf/parse-protos.js';
export type { ParsedProtos, ProtoSource } from './protobuf/parsed-protos.js';
export type { ProtobufLimits } from './protobuf/protobuf-limits.js';
export { ProtobufRefusal, type ProtobufRefusalReason } from './protobuf/protobuf-refusal.js';
export { ProtobufSchema } from './protobuf/protobuf-schema.js';
export { protosVersion } from './protobuf/protos-version.js';
export { RouteDictionary } from './route-dictionary.js';
export {
  readReceivedCount,
  readResumeReply,
  readResumeRequest,
  writeReceivedCount,
  type ResumeReply,
  type ResumeRequest,
} from './resume.js';
export { MAX_ROUTE_BYTES, MAX_ROUTE_CODE, parseRoute, type Route } from './route.js';
export { isValidUtf8, utf8ByteLength, utf8Decode, utf8Encode, utf8Write } from './text.js';
export { varintByteLength, writeVarint } from './varint.js';
