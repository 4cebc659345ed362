import { nats, type NatsOptions } from 'nestjs-pomelo/nats';
import { refusalOf } from '../support/pomelo-app.js';

const servers = 'nats://127.0.0.1:4222';
const tokens = { servers, token: 'secret' };

/** What a user of JavaScript may give. */
function natsWith(options: unknown): unknown {
  return nats(options as NatsOptions);
}

describe('the options of nats()', () => {
  it.each([
    [undefined, 'nats()', 'an object'],
    [{}, 'nats.servers', 'an address'],
    [{ servers: [] }, 'nats.servers', 'an address'],
    [{ servers: ['nats://a', 7] }, 'nats.servers', '7'],
    [{ servers: 'ws://127.0.0.1' }, 'nats.servers', 'ws://'],
    [{ servers: 'nats://me:secret@127.0.0.1' }, 'nats.servers', 'without credentials'],
    [{ servers, srevers: 1 }, 'nats.srevers', 'no such option'],
    [{ servers, name: 1 }, 'nats.name', 'a string'],
    [{ servers, inboxPrefix: 'a b' }, 'nats.inboxPrefix', '_INBOX'],
    [{ servers, inboxPrefix: 'a.>' }, 'nats.inboxPrefix', '_INBOX'],
    [{ servers, pressureBytes: 10 }, 'nats.pressureBytes', '65536'],
    [{ servers, user: 'me' }, 'nats.user', 'given with pass'],
    [{ servers, pass: 'secret' }, 'nats.pass', 'given with user'],
    [{ servers, token: { secret: 1 } }, 'nats.token', 'a string'],
    [{ ...tokens, authenticator: 'secret' }, 'nats.authenticator', 'nats.js'],
    [{ ...tokens, tls: true }, 'nats.tls', 'an object'],
    [{ ...tokens, tls: { cerfFile: 'x' } }, 'nats.tls.cerfFile', 'no such option'],
    [{ ...tokens, tls: { certFile: '/no/such/file' } }, 'nats.tls.certFile', 'can be read'],
    [{ ...tokens, tls: { rejectUnauthorized: 0 } }, 'nats.tls.rejectUnauthorized', 'true or false'],
    [{ ...tokens, kv: { replicas: 2 } }, 'nats.kv.replicas', '1, 3 or 5'],
    [{ ...tokens, kv: { buckets: 0 } }, 'nats.kv.buckets', 'whole number'],
    [{ ...tokens, kv: { ttl: 1 } }, 'nats.kv.ttl', 'no such option'],
  ])('%j stops the start with a sentence', async (options, option, expected) => {
    const refusal = await refusalOf(() => natsWith(options));
    expect(refusal).toContain(`PomeloModule option ${option} is `);
    expect(refusal).toContain(expected);
    expect(refusal).not.toContain('secret');
  });

  it.each([
    'localhost',
    '127.0.0.1:4222',
    'nats://a-b.example:4222',
    'TLS://[::1]:4222',
    ['nats://10.0.0.1', 'nats://10.0.0.2:4333'],
  ])('take addresses as %j', (address) => {
    expect(nats({ servers: address }).name).toBe('nats');
  });
});
