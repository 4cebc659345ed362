import { AssertionError } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_AGAIN_MS = 2;

/** Waits for what a connector promises, and fails with a sentence when it does not come. */
export class Patience {
  constructor(private readonly ms: number) {}

  /** Fulfils as soon as the condition holds. */
  async until(condition: () => boolean, sentence: string): Promise<void> {
    const startedAt = performance.now();
    while (!condition()) {
      if (performance.now() - startedAt > this.ms) throw this.lost(sentence);
      await sleep(LOOK_AGAIN_MS);
    }
  }

  /** What the promise gives; rejects as it does. */
  async of<T>(promise: Promise<T>, sentence: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const giveUp = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(this.lost(sentence)), this.ms);
    });
    try {
      return await Promise.race([promise, giveUp]);
    } finally {
      clearTimeout(timer);
    }
  }

  private lost(sentence: string): AssertionError {
    return new AssertionError({ message: `${sentence} (Waited ${this.ms} ms.)`, operator: 'fail' });
  }
}
