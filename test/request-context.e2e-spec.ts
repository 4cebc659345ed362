import { UseGuards, type CanActivate } from '@nestjs/common';
import { currentRequest, Handler, type PomeloModuleOptions, type RequestContext } from 'nestjs-pomelo';
import { setTimeout as sleep } from 'node:timers/promises';
import { defer, of } from 'rxjs';
import { refusalOf, startApp } from './support/pomelo-app.js';
import { until } from './support/until.js';

const seen: (RequestContext | undefined)[] = [];

class Looking implements CanActivate {
  canActivate(): boolean {
    seen.push(currentRequest());
    return true;
  }
}

@Handler('t.context')
class ContextHandler {
  @Handler() direct(): void {
    seen.push(currentRequest());
  }
  @Handler() async later(): Promise<void> {
    await sleep(1);
    seen.push(currentRequest());
  }
  @Handler() stream() {
    return defer(() => {
      seen.push(currentRequest());
      return of(1);
    });
  }
  @UseGuards(Looking)
  @Handler()
  guarded(): void {}
}

async function ask(method: string, options: PomeloModuleOptions): Promise<RequestContext | undefined> {
  seen.length = 0;
  const { connect } = await startApp({ providers: [ContextHandler], options });
  const client = await connect({ protocol: 'ws' });
  await client.request(`t.context.${method}`);
  return seen[0];
}

describe('currentRequest', () => {
  it.each(['direct', 'later', 'stream', 'guarded'])(
    'names the message for which code runs: %s',
    async (method) => {
      expect(await ask(method, { trackRequests: true })).toEqual({
        route: `t.context.${method}`,
        handler: `ContextHandler.${method}`,
        sessionId: expect.stringMatching(/^server-1\./),
        transport: 'ws',
      });
      expect(currentRequest()).toBeUndefined();
    },
  );

  it('tells two messages apart that run at the same time', async () => {
    seen.length = 0;
    const { connect } = await startApp({ providers: [ContextHandler], options: { trackRequests: true } });
    const [one, two] = await Promise.all([connect(), connect()]);
    one.notify('t.context.later');
    two.notify('t.context.later');
    await until(() => seen.length === 2);
    expect(new Set(seen.map((context) => context?.sessionId)).size).toBe(2);
  });

  it('knows nothing unless requests are tracked', async () => {
    expect(await ask('later', {})).toBeUndefined();
    expect(seen).toHaveLength(1);
  });

  it('is asked for with true or false', async () => {
    expect(
      await refusalOf(() => startApp({ options: { trackRequests: 'yes' as unknown as boolean } })),
    ).toContain('trackRequests is "yes", but it must be true or false');
  });
});
