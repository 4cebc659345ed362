import { DemoProcess } from './support/demo-process.js';

describe('starting the demo', () => {
  it('prints where the chat is, and ends by a signal', async () => {
    const demo = await DemoProcess.start();
    try {
      expect(demo.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect((await fetch(demo.url)).status).toBe(200);
    } finally {
      await demo.kill('SIGTERM');
    }
  });

  it('says in one sentence that the port is taken', async () => {
    const demo = await DemoProcess.start();
    try {
      const end = await DemoProcess.runToEnd({ PORT: String(demo.port) });
      expect(end).toEqual({
        code: 1,
        errors: expect.stringMatching(/^The chat did not start\. .*address already in use.*\n$/),
      });
    } finally {
      await demo.kill('SIGKILL');
    }
  });

  it.each([
    ['PORT', 'abc', 'hybrid.port is NaN'],
    ['PORT', '70000', 'hybrid.port is 70000'],
    ['SERVER_ID', 'my server', 'server.id is "my server"'],
    ['SERVER_TYPES', 'gate,,chat', 'server.types is ""'],
    ['NATS_URL', 'http://here', 'nats.servers is "http://here"'],
  ])('says in one sentence that %s=%s is wrong', async (name, value, what) => {
    const { code, errors } = await DemoProcess.runToEnd({ PORT: '0', [name]: value });
    expect(code).toBe(1);
    expect(errors).toMatch(/^The chat did not start\. [^\n]+\n$/);
    expect(errors).toContain(what);
  });

  it('says in one sentence that a server without clients has a wrong port, or one that is taken', async () => {
    const demo = await DemoProcess.start();
    try {
      for (const port of ['70000', String(demo.port)]) {
        const { code, errors } = await DemoProcess.runToEnd({ PORT: port, SERVER_TYPES: 'chat' });
        expect({ code, errors }).toEqual({
          code: 1,
          errors: expect.stringMatching(
            /^The chat did not start\. [^\n]*(70000|address already in use)[^\n]*\n$/,
          ),
        });
      }
    } finally {
      await demo.kill('SIGTERM');
    }
  });

  it('does not choose between NATS and Redis', async () => {
    const both = { NATS_URL: 'nats://127.0.0.1:4222', REDIS_URL: 'redis://127.0.0.1:6379' };
    expect(await DemoProcess.runToEnd({ PORT: '0', ...both })).toEqual({
      code: 1,
      errors: 'The chat did not start. NATS_URL and REDIS_URL are both set: give one of them.\n',
    });
  });
});
