import 'reflect-metadata';
import { exitOnSignal, PomeloAdapter } from 'nestjs-pomelo';
import { createMember } from './member.app.js';
import type { FromMember, Question, ToMember } from './member-messages.js';
import { MemberProbe } from './member-probe.js';
import type { MemberSettings } from './member-settings.js';

const settings = JSON.parse(process.argv[2] ?? '{}') as MemberSettings;

function tell(message: FromMember): void {
  process.send?.(message, () => {});
}

async function start(): Promise<void> {
  const startedAt = performance.now();
  const app = await createMember(settings);
  // The signal may come while the server starts, also from itself.
  exitOnSignal(app);
  await app.init();
  const probe = app.get(MemberProbe);
  process.on('message', (message: ToMember) => {
    if (message.kind === 'ask') void answer(probe, message);
  });
  // Nothing that is asked keeps a server alive that wants to end.
  process.channel?.unref();
  const port = app.get(PomeloAdapter).addresses()[0]?.port ?? 0;
  tell({ kind: 'started', started: { port, startMs: performance.now() - startedAt } });
}

async function answer(probe: MemberProbe, { number, question, args }: Question): Promise<void> {
  // The boundary to the parent, which knows what each question takes.
  const method = probe[question] as (...args: unknown[]) => unknown;
  tell({ kind: 'answer', number, answer: await method.apply(probe, [...args]) });
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
