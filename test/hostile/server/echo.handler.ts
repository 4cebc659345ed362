import { Body } from '@nestjs/common';
import { Handler } from 'nestjs-pomelo';
import { setImmediate } from 'node:timers/promises';

/** Answers with what it got, and knows how often it ran. */
@Handler('connector.echoHandler')
export class EchoHandler {
  private marks = 0;

  @Handler() echo(@Body() body: unknown): unknown {
    return body;
  }

  /** Answers after a while. */
  @Handler() async later(@Body() body: unknown): Promise<unknown> {
    await setImmediate();
    return body;
  }

  /** The route of the recorded protobuf schemas. */
  @Handler() proto(@Body() body: unknown): unknown {
    return body;
  }

  @Handler() ping(): { code: number } {
    return { code: 200 };
  }

  /** Whoever gets this executed without being allowed to leaves a trace. */
  @Handler() mark(): void {
    this.marks += 1;
  }

  @Handler() countMarks(): number {
    return this.marks;
  }

  @Handler() large(@Body() { bytes }: { bytes: number }): string {
    return 'x'.repeat(bytes);
  }

  /** What a polluted prototype would give every object. */
  @Handler() polluted(): unknown {
    return Reflect.get({}, 'polluted') ?? 'clean';
  }
}
