import { ConnectedSession, Handler, type Session } from 'nestjs-pomelo';
import type { PomeloClient } from 'nestjs-pomelo-client';

type Step = (session: Session) => unknown;

/** A handler that runs what a test gives it, so that the test reads from top to bottom. */
@Handler('t.probe')
export class SessionProbe {
  private step: Step = () => undefined;

  @Handler() async run(@ConnectedSession() session: Session): Promise<void> {
    await this.step(session);
  }

  /** Runs `step` as the handler of one message of this client; what it throws is thrown here. */
  async as<T>(client: PomeloClient, step: (session: Session) => T): Promise<Awaited<T>> {
    let outcome: PromiseSettledResult<Awaited<T>> | undefined;
    this.step = async (session) => {
      [outcome] = await Promise.allSettled([(async () => step(session))()]);
    };
    await client.request('t.probe.run');
    if (outcome?.status === 'fulfilled') return outcome.value;
    throw outcome?.reason;
  }
}
