import { storm } from './support/storm.js';
import { exchange, readReply } from './support/http-exchange.js';
import { attackedServer, type RowOptions } from './support/row.js';
import { upgradeRequest } from './support/ws-bytes.js';

const { row } = attackedServer();

const HTTP: RowOptions = { label: 'http' };

/** Sends one request; it is answered with one status and the connection closed, whatever comes behind it. */
function answered(
  number: number,
  variant: string,
  status: number,
  text: string,
  options: RowOptions = {},
): void {
  row(number, { ...HTTP, variant, ...options }, async ({ connect }) => {
    const reply = await exchange(await connect(), text);
    expect(reply.status).toBe(status);
    expect(reply.text.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
    expect(reply.text).toMatch(/^connection: close\r$/im);
  });
}

const lines = (...all: readonly string[]): string => [...all, '', ''].join('\r\n');
const get = (...headers: readonly string[]): string => lines('GET / HTTP/1.1', 'Host: x', ...headers);
const post = (...headers: readonly string[]): string => lines('POST / HTTP/1.1', 'Host: x', ...headers);

describe('a plain request', () => {
  answered(27, 'a page', 426, get());
  answered(27, 'the health check', 200, lines('GET /healthz HTTP/1.1', 'Host: x'), { counts: {} });
  answered(28, 'HEAD', 200, lines('HEAD /healthz HTTP/1.1', 'Host: x'), { counts: {} });
  answered(29, 'the head alone', 405, post('Content-Length: 1000000000'));

  row(29, { ...HTTP, variant: 'with its body' }, async ({ connect }) => {
    const client = await connect();
    client.raw(Buffer.from(post('Content-Length: 1000000000')));
    expect(await client.flood(Buffer.alloc(1024 * 1024), 1000)).toBeLessThan(1000);
    await client.ended;
  });

  row(38, HTTP, async ({ connect }) => {
    const client = await connect();
    client.stopReading();
    client.raw(Buffer.from(get().repeat(20_000)));
    const reply = readReply(client);
    client.socket.resume();
    expect((await reply).text.match(/^HTTP\/1\.1 /gm)?.length ?? 0).toBeLessThanOrEqual(1);
  });
});

describe('a request that is no HTTP', () => {
  answered(30, 'and smuggled', 400, `${post('Content-Length: 6', 'Transfer-Encoding: chunked')}0\r\n\r\nG`);
  answered(31, 'xchunked', 400, `${post('Transfer-Encoding: xchunked')}0\r\n\r\n`);
  answered(31, 'a space', 400, `${post('Transfer-Encoding : chunked')}0\r\n\r\n`);
  answered(31, 'twice', 400, `${post('Transfer-Encoding: chunked', 'Transfer-Encoding: x')}0\r\n\r\n`);
  answered(32, 'bare LF', 400, 'GET / HTTP/1.1\nHost: x\n\n');
  answered(32, 'NUL', 400, get('X: a\0b'));
  answered(32, 'no Host', 400, lines('GET / HTTP/1.1'));
  answered(33, 'one line', 431, get(`X: ${'a'.repeat(65_536)}`));
  answered(37, 'PRI', 400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
});

describe('a request for a WebSocket', () => {
  const many = Array.from({ length: 2100 }, (_unused, index) => `a${index}: 1`);
  answered(34, 'an upgrade', 431, upgradeRequest(...many));
  answered(34, 'a page', 431, get(...many));
  answered(
    35,
    'a length',
    400,
    `${upgradeRequest('Content-Length: 40')}GET /admin HTTP/1.1\r\nHost: x\r\n\r\n`,
  );
  answered(35, 'chunks', 400, `${upgradeRequest('Transfer-Encoding: chunked')}0\r\n\r\n`);
  answered(36, 'read', 400, upgradeRequest('Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA'));
  answered(40, '12000 of them', 400, upgradeRequest(`Sec-WebSocket-Protocol: b${' '.repeat(12_000)}x`));
  answered(41, 'of an attacker', 403, upgradeRequest('Origin: https://evil.example'));
  answered(41, 'that looks like ours', 403, upgradeRequest('Origin: http://127.0.0.1.evil.example'));
  answered(42, 'null', 403, upgradeRequest('Origin: null'));
  answered(43, 'version 7', 400, upgradeRequest('Sec-WebSocket-Version: 7'));
  answered(43, 'no key', 400, upgradeRequest().replace(/Sec-WebSocket-Key: .*\r\n/, ''));
  answered(43, 'a short key', 400, upgradeRequest('Sec-WebSocket-Key: AAAA'));
  answered(43, 'POST', 400, upgradeRequest().replace('GET', 'POST'));

  row(
    36,
    { ...HTTP, variant: 'reset', mayCount: ['upgrade_refused http', 'tls_error tls'] },
    async ({ connect }) => {
      await storm(100, async () => {
        const client = await connect();
        client.raw(Buffer.from(upgradeRequest('Upgrade: h2c')));
        await client.reset();
      });
    },
  );

  // No extension is offered, so what the client asks for does not matter.
  row(39, { ...HTTP, counts: {} }, async ({ connect }) => {
    const client = await connect();
    const reply = readReply(client);
    client.raw(Buffer.from(upgradeRequest('Sec-WebSocket-Extensions: constructor; __proto__=1')));
    client.socket.once('data', () => client.socket.end());
    const { status, text } = await reply;
    expect(status).toBe(101);
    expect(text).not.toMatch(/^sec-websocket-extensions/im);
  });

  row(40, { ...HTTP, variant: 'the bystander' }, async ({ workUntil, connect, bystander }) => {
    const client = await connect();
    client.raw(Buffer.from(upgradeRequest(`Sec-WebSocket-Protocol: b${' '.repeat(12_000)}x`)));
    expect(await workUntil(bystander.echo())).toBeLessThan(300);
    await client.ended;
  });
});
