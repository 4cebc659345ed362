import { PackageType } from 'nestjs-pomelo-protocol';

const HEAD_BYTES = 4;

/** Every package that a server sent to a foreign client: what the client itself does not show. */
export class PackageLog {
  readonly packages: { readonly type: number; readonly body: Buffer }[] = [];
  private watchers: (() => void)[] = [];

  /** Takes whole packages, one or several. */
  add(bytes: Buffer): void {
    for (let start = 0; start < bytes.length;) {
      const end = start + HEAD_BYTES + bytes.readUIntBE(start + 1, 3);
      this.packages.push({ type: bytes.readUInt8(start), body: bytes.subarray(start + HEAD_BYTES, end) });
      start = end;
    }
    for (const look of this.watchers) look();
  }

  /** Fulfils when this many heartbeats have come. */
  heartbeats(count: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.packages.filter(({ type }) => type === PackageType.Heartbeat).length < count) return;
        this.watchers = this.watchers.filter((watcher) => watcher !== look);
        resolve();
      };
      this.watchers.push(look);
      look();
    });
  }

  /** The flag bytes of the pushes; the lowest bit says that the route travels as a code. */
  pushFlags(): number[] {
    return this.packages
      .filter(({ type, body }) => type === PackageType.Data && ((body[0] ?? 0) & 0b1110) === 0b0110)
      .map(({ body }) => body[0] ?? 0);
  }
}
