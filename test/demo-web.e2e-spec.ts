import { request, type IncomingHttpHeaders } from 'node:http';
import { startDemo } from './support/demo-app.js';

interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks for a path exactly as it is written: `fetch` would tidy it up. */
function get(port: number, path: string, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asking = request({ port, host: '127.0.0.1', path, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    asking.on('error', reject).end();
  });
}

describe('the web server of the demo', () => {
  let port: number;

  beforeEach(async () => {
    ({ port } = await startDemo());
  });

  it('serves the page on the port of the connector', async () => {
    const { status, headers, body } = await get(port, '/');
    expect({ status, type: headers['content-type'] }).toEqual({
      status: 200,
      type: 'text/html; charset=utf-8',
    });
    expect(body).toContain('<title>Chat</title>');
  });

  it.each(['/healthz', '/readyz'])('says that it is well: %s', async (path) => {
    expect(await get(port, path)).toMatchObject({ status: 200 });
  });

  it('says that it cannot do its work while it has never reached its cluster, and lives', async () => {
    const alone = await startDemo({ NATS_URL: 'nats://127.0.0.1:1' });
    expect(await get(alone.port, '/readyz')).toMatchObject({ status: 503 });
    expect(await get(alone.port, '/healthz')).toMatchObject({ status: 200 });
  });

  it('lets the page run its own scripts only', async () => {
    const { headers } = await get(port, '/');
    expect(headers['content-security-policy']).toMatch(
      /default-src 'none'; script-src 'self' 'sha256-[^']+';/,
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('has the browser ask each time, and sends only what is new', async () => {
    const { headers } = await get(port, '/app.js');
    expect(headers['cache-control']).toBe('no-cache');
    const again = await get(port, '/app.js', { 'If-None-Match': headers.etag ?? '' });
    expect(again).toMatchObject({ status: 304, body: '' });
  });

  it.each([
    '/../app.module.ts',
    '/..%2fweb.module.ts',
    '/%2e%2e/web.module.ts',
    '/..\\web.module.ts',
    '/..%5cweb.module.ts',
    '//etc/passwd',
    '/lib/client/../package.json',
    '/lib/client/..%2fpackage.json',
    '/lib/client/%2e%2e%2f%2e%2e%2f%2e%2e%2fpackage.json',
    '/lib/protocol/..%2f..%2fclient%2fpackage.json',
    '/lib/client/.tsbuildinfo',
    '/app.js%00.html',
    '/%',
  ])('gives away nothing outside of the page: %s', async (path) => {
    const { status, body } = await get(port, path);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body).not.toContain('dependencies');
    expect(body).not.toContain('node:fs');
  });
});
