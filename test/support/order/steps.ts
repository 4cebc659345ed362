import { Body } from '@nestjs/common';
import { Handler, type HandlerOptions } from 'nestjs-pomelo';
import { until } from '../until.js';

/** Steps that clients ask for by number, and that end when the test says so. */
export class Steps {
  /** The numbers of those that have begun, in their order. */
  readonly begun: unknown[] = [];
  private readonly open = new Map<unknown, () => void>();

  /** Begins a step; fulfils with its number when {@link end} was called for it. */
  async run(n: unknown): Promise<{ n: unknown }> {
    this.begun.push(n);
    await new Promise<void>((resolve) => this.open.set(n, resolve));
    return { n };
  }

  /** Ends a step that has begun. */
  end(n: unknown): void {
    this.open.get(n)?.();
  }

  /** Resolves when so many have begun. */
  async haveBegun(count: number): Promise<void> {
    await until(() => this.begun.length >= count);
  }
}

/** A handler of the route `prefix` that takes steps: `step`, which lasts, `quick` and `refused`. */
export function stepHandler(prefix: string, options: HandlerOptions = {}) {
  @Handler(prefix, options)
  class StepHandler {
    readonly steps = new Steps();

    @Handler() step(@Body('n') n: unknown): Promise<unknown> {
      return this.steps.run(n);
    }
    @Handler() quick(@Body('n') n: unknown): unknown {
      this.steps.begun.push(n);
      return { n };
    }
    @Handler() fails(): never {
      throw new Error('as it was told to');
    }
  }
  return StepHandler;
}
