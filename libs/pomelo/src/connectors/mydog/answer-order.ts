/** A request that has not been answered, or whose answer waits for those before it. */
interface Waiting {
  readonly cmd: number;
  frame: Buffer | undefined;
  isSettled: boolean;
}

/**
 * Answers of one client, in the order of its requests of the same command: a mydog client knows an answer by that alone.
 */
export class AnswerOrder {
  private readonly byId = new Map<number, Waiting>();
  private readonly byCmd = new Map<number, Set<Waiting>>();
  private lastId = 0;

  /** Announces a request; gives the id by which the application answers it. */
  expect(cmd: number): number {
    this.lastId += 1;
    const waiting: Waiting = { cmd, frame: undefined, isSettled: false };
    this.byId.set(this.lastId, waiting);
    const queue = this.byCmd.get(cmd);
    if (queue === undefined) this.byCmd.set(cmd, new Set([waiting]));
    else queue.add(waiting);
    return this.lastId;
  }

  /** The command of a request that has not been answered. */
  cmdOf(id: number): number | undefined {
    return this.byId.get(id)?.cmd;
  }

  /** Takes an answer, `undefined` for none; gives what may be sent now: nothing while an older request is open. */
  settle(id: number, frame: Buffer | undefined): Buffer | undefined {
    const waiting = this.byId.get(id);
    if (waiting === undefined) return frame;
    this.byId.delete(id);
    waiting.frame = frame;
    waiting.isSettled = true;
    return this.ready(waiting.cmd);
  }

  private ready(cmd: number): Buffer | undefined {
    const queue = this.byCmd.get(cmd);
    if (queue === undefined) return undefined;
    const frames: Buffer[] = [];
    for (const oldest of queue) {
      if (!oldest.isSettled) break;
      queue.delete(oldest);
      if (oldest.frame !== undefined) frames.push(oldest.frame);
    }
    if (queue.size === 0) this.byCmd.delete(cmd);
    return frames.length > 1 ? Buffer.concat(frames) : frames[0];
  }
}
