import { pushOf, type FrameHead } from './codec.js';
import type { MinimalClient } from './minimal-client.js';

/** A channel: what is pushed to it in one turn is joined once, and the same bytes go to every member. */
export class Room {
  private readonly members: MinimalClient[] = [];
  private pushes: Buffer[] = [];

  constructor(private readonly frame: FrameHead) {}

  add(member: MinimalClient): void {
    this.members.push(member);
  }

  /** Its connection is gone. */
  remove(member: MinimalClient): void {
    const index = this.members.indexOf(member);
    if (index >= 0) this.members.splice(index, 1);
  }

  push(body: unknown): void {
    if (this.pushes.length === 0) process.nextTick(this.flush);
    this.pushes.push(pushOf('onBroadcast', body, this.frame));
  }

  private readonly flush = (): void => {
    const bytes = this.pushes.length === 1 ? this.pushes[0] : Buffer.concat(this.pushes);
    this.pushes = [];
    for (const member of this.members) member.flush(bytes);
  };
}
