import type { PackageType } from 'nestjs-pomelo-protocol';
import { PACKAGE_HEAD_BYTES } from 'nestjs-pomelo-protocol';

/** Packages that came before their time, in order: while a handshake is decided, or after reading has paused. */
export class HeldPackages {
  private readonly packages: { readonly type: PackageType; readonly body: Buffer }[] = [];
  private next = 0;
  private heldBytes = 0;

  /** Bytes of all packages that were ever held in here, with their heads. */
  get bytes(): number {
    return this.heldBytes;
  }

  get isEmpty(): boolean {
    return this.next === this.packages.length;
  }

  /** Keeps a copy. */
  hold(type: PackageType, body: Uint8Array): void {
    this.heldBytes += body.length + PACKAGE_HEAD_BYTES;
    this.packages.push({ type, body: Buffer.from(body) });
  }

  /** Gives the packages until `take` says false; the rest stays. */
  release(take: (type: PackageType, body: Buffer) => boolean): void {
    for (let held = this.packages[this.next]; held !== undefined; held = this.packages[this.next]) {
      this.next += 1;
      if (!take(held.type, held.body)) return;
    }
  }
}
