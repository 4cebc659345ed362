import 'reflect-metadata';
import { PomeloAdapter } from 'nestjs-pomelo';
import { startMember } from './member.app.js';
import type { FromMember, ToMember } from './member-messages.js';
import { MemberProbe } from './member-probe.js';
import type { MemberSettings } from './member-settings.js';

const settings = JSON.parse(process.argv[2] ?? '{}') as MemberSettings;

function tell(message: FromMember): void {
  process.send?.(message, () => {});
}

async function start(): Promise<void> {
  const startedAt = performance.now();
  const app = await startMember(settings);
  process.once('SIGTERM', () => void app.close());
  const probe = app.get(MemberProbe);
  process.on('message', (message: ToMember) => {
    if (message.kind === 'ask')
      tell({ kind: 'answer', number: message.number, answer: probe[message.question]() });
  });
  // Nothing that is asked keeps a server alive that wants to end.
  process.channel?.unref();
  const port = app.get(PomeloAdapter).addresses()[0]?.port ?? 0;
  tell({ kind: 'started', started: { port, startMs: performance.now() - startedAt } });
}

// Its parent is gone.
process.once('disconnect', () => process.exit(1));
process.once('message', () => {
  start().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
tell({ kind: 'loaded' });
