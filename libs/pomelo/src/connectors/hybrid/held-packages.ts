import type { PackageType } from 'nestjs-pomelo-protocol';
import { PACKAGE_HEAD_BYTES } from 'nestjs-pomelo-protocol';

/** Packages of a client that did not wait for the answer to its handshake: they are looked at after the decision. */
export class HeldPackages {
  private readonly packages: { readonly type: PackageType; readonly body: Buffer }[] = [];
  private bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** Keeps a copy; false when it is too much. */
  hold(type: PackageType, body: Uint8Array): boolean {
    this.bytes += body.length + PACKAGE_HEAD_BYTES;
    if (this.bytes > this.maxBytes) return false;
    this.packages.push({ type, body: Buffer.from(body) });
    return true;
  }

  /** Gives them in order, until `take` says false. */
  release(take: (type: PackageType, body: Buffer) => boolean): void {
    for (const { type, body } of this.packages) if (!take(type, body)) return;
  }
}
