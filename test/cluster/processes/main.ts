import 'reflect-metadata';
import { once } from 'node:events';
import { PomeloAdapter } from 'nestjs-pomelo';
import { startMember } from './member.app.js';
import type { FromMember, Question, ToMember } from './member-messages.js';
import { MemberProbe } from './member-probe.js';
import type { MemberSettings } from './member-settings.js';

const settings = JSON.parse(process.argv[2] ?? '{}') as MemberSettings;

function tell(message: FromMember): void {
  process.send?.(message, () => {});
}

async function start(): Promise<void> {
  const startedAt = performance.now();
  // It may come while the server starts, also from itself.
  const stopped = once(process, 'SIGTERM');
  const app = await startMember(settings);
  // It ends then, as with the shutdown hooks of Nest: nats.js may leave a socket behind to a NATS that does not answer.
  void stopped.then(() => app.close()).then(() => process.exit());
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
