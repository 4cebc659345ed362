import type { INestApplicationContext } from '@nestjs/common';
import type { RejectEvent } from 'nestjs-pomelo';
import { subscribe } from 'node:diagnostics_channel';
import { EchoHandler } from './echo.handler.js';
import type { Obituary } from './settings.js';

/** Prints as the last line of the log what nobody can ask for any more when the process has ended. */
export function writeObituary(app: INestApplicationContext): void {
  const refusals: string[] = [];
  subscribe('nestjs-pomelo:reject', (event) => {
    const { reason, transport } = event as RejectEvent;
    refusals.push(`${reason} ${transport}`);
  });
  const echo = app.get(EchoHandler);
  process.once('exit', () => {
    console.error(JSON.stringify({ marks: echo.countMarks(), refusals } satisfies Obituary));
  });
}
