import {
  decodePackages,
  PackageDecoder,
  type PackageRefusal,
  type PackageSink,
} from 'nestjs-pomelo-protocol';

/** Takes the bytes of one connection in order; a refusal means that they are no packages. */
export type PackageReader = (bytes: Uint8Array) => PackageRefusal | undefined;

/** How packages lie in what a transport delivers: makes a reader for one connection. */
export type Framing = (maxBodyBytes: number, sink: PackageSink) => PackageReader;

/** Chunks are cut anywhere, as in TCP. */
export const streamFraming: Framing = (maxBodyBytes, sink) => {
  const decoder = new PackageDecoder(maxBodyBytes);
  return (bytes) => decoder.push(bytes, sink);
};

/** Each chunk is one or more whole packages, as in WebSocket messages. */
export const messageFraming: Framing = (maxBodyBytes, sink) => (bytes) =>
  decodePackages(bytes, maxBodyBytes, sink);
