import type { PackageSink, PackageType } from 'nestjs-pomelo-protocol';
import { toHex } from './vectors.js';

/** A package as tests compare it. */
export interface CollectedPackage {
  readonly type: number;
  readonly body: string;
}

/** Keeps every package that a decoder hands out; stops decoding after `most` of them. */
export class CollectingSink implements PackageSink {
  readonly packages: CollectedPackage[] = [];
  readonly buffers: ArrayBufferLike[] = [];

  constructor(private readonly most = Number.POSITIVE_INFINITY) {}

  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean {
    this.packages.push({ type, body: toHex(bytes.subarray(start, end)) });
    this.buffers.push(bytes.buffer);
    return this.packages.length < this.most;
  }
}
