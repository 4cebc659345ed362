import { tokenAuthenticator } from '@nats-io/transport-node';
import { nats, type NatsOptions } from 'nestjs-pomelo/nats';
import { refusalOf } from '../support/pomelo-app.js';
import type { RecordingLogger } from '../support/recording-logger.js';
import { tlsPath, tlsText } from '../support/tls-files.js';
import { until } from '../support/until.js';
import { openStore } from './contract/contract-bindings.js';
import { watchResources, type ContractEngine } from './contract/contract-engine.js';
import { ContractPeer } from './contract/contract-peer.js';
import { NatsServer } from './support/nats-server.js';
import { recordLog } from './support/recorded-log.js';

const caFile = tlsPath('authority.crt');
const TLS = `cert_file: "${tlsPath('server.crt')}", key_file: "${tlsPath('server.key')}", ca_file: "${caFile}"`;
let log: RecordingLogger;
beforeEach(() => {
  log = recordLog();
});

function engineWith(options: NatsOptions): ContractEngine {
  return { driver: () => nats(options), close: async () => {} };
}

async function expectToWork(options: NatsOptions): Promise<void> {
  const one = await ContractPeer.open(engineWith(options), 'one');
  const other = await ContractPeer.open(engineWith(options), 'other');
  await one.finish(other);
}

function refusalWith(options: NatsOptions): Promise<string> {
  return refusalOf(() => ContractPeer.open(engineWith(options), 'one'));
}

describe('a server that starts before NATS', () => {
  it('waits for it, and says so once and that it came', async () => {
    const server = await NatsServer.prepare();
    const driver = nats({ servers: server.url });
    const engine = { driver: () => driver, close: async () => {} };
    const opening = [
      ContractPeer.open(engine, 'one'),
      ContractPeer.open(engine, 'other'),
      openStore(engine),
    ] as const;
    await until(() => log.matching('warn').length > 0);
    await server.start();
    const [one, other, store] = await Promise.all(opening);
    await one.finish(other);
    expect(await store.get('ann')).toEqual([]);
    expect(log.matching('warn')).toEqual([
      `NATS at ${server.url} cannot be used: ConnectionError: connection refused. Waiting for it.`,
    ]);
    expect(log.matching('log')).toEqual([`NATS at 127.0.0.1:${server.port} answers`]);
    expect([one.states, other.states]).toEqual([[], []]);
  });

  it('can be closed while it waits', async () => {
    const { url } = await NatsServer.prepare();
    const resourcesAreFreed = watchResources();
    const transport = nats({ servers: url }).createTransport();
    const bindings = nats({ servers: url }).createBindings();
    const self = { id: 'one', inc: 'x', role: 'chat', types: ['chat'], namespace: 'contract' };
    const peer = { batch: () => {}, notDelivered: () => {}, announcement: () => {}, state: () => {} };
    const opening = Promise.allSettled([transport.open(self, peer), bindings.open('contract')]);
    await until(() => log.matching('warn').length === 2);
    await Promise.all([transport.close(), bindings.close()]);
    expect((await opening).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await resourcesAreFreed();
  });

  it('takes another address when the first one is of nobody', async () => {
    const [gone, server] = [await NatsServer.prepare(), await NatsServer.start()];
    await expectToWork({ servers: [gone.url, server.url] });
    expect(log.lines).toEqual([]);
  });
});

describe('credentials', () => {
  const config = 'authorization { user: game, password: secret }';

  it('let a server in, as user and password, token or authenticator', async () => {
    const byName = await NatsServer.start({ config });
    await expectToWork({ servers: byName.url, user: 'game', pass: 'secret' });
    const byToken = await NatsServer.start({ config: 'authorization { token: "secret token" }' });
    await expectToWork({ servers: byToken.url, token: 'secret token' });
    await expectToWork({ servers: byToken.url, authenticator: tokenAuthenticator('secret token') });
  });

  it.each([
    ['none', {}],
    ['a wrong password', { user: 'game', pass: 'guess' }],
    ['a token instead', { token: 'guess' }],
  ] as const)('stop the start when they are wrong: %s', async (_name, credentials) => {
    const { url } = await NatsServer.start({ config });
    const options = { servers: url, ...credentials };
    const refusal = await refusalWith(options);
    expect(refusal).toContain(`NATS at ${url} does not let this server in: Authorization Violation.`);
    expect(refusal).not.toMatch(/guess|secret/);
    expect(await refusalOf(() => openStore(engineWith(options)))).toBe(refusal);
    expect(log.lines).toEqual([]);
  });

  it('that become wrong later do not end the server: it waits until they are right again', async () => {
    const server = await NatsServer.start();
    const one = await ContractPeer.open(engineWith({ servers: server.url }), 'one');
    await server.kill();
    await server.start('authorization { token: other }');
    await until(() => log.matching('warn', 'cannot be used').length > 0);
    await server.kill();
    await server.start();
    await until(() => one.states.length === 2);
    expect(one.states).toEqual(['down', 'up']);
  });
});

describe('TLS', () => {
  it('is used when it is asked for, with the certificate of the server checked', async () => {
    const { port } = await NatsServer.start({ config: `tls { ${TLS} }` });
    const servers = `tls://localhost:${port}`;
    await expectToWork({ servers, tls: { caFile } });
    await expectToWork({ servers, tls: { ca: tlsText('authority.crt') } });
    expect(await refusalWith({ servers })).toContain('does not let this server in: unable to verify');
    expect(await refusalWith({ servers, tls: { caFile: tlsPath('server.crt') } })).toContain('unable to');
  });

  it('shows a certificate when NATS wants one', async () => {
    const { port } = await NatsServer.start({ config: `tls { ${TLS}, verify: true }` });
    const servers = `localhost:${port}`;
    const own = { certFile: tlsPath('client.crt'), keyFile: tlsPath('client.key') };
    await expectToWork({ servers, tls: { caFile, ...own } });
    const foreign = { certFile: tlsPath('foreign.crt'), keyFile: tlsPath('foreign.key') };
    for (const shown of [{}, foreign])
      expect(await refusalWith({ servers, tls: { caFile, ...shown } })).toContain('bad certificate');
    const mixed = { certFile: tlsPath('client.crt'), keyFile: tlsPath('server.key') };
    expect(await refusalWith({ servers, tls: { caFile, ...mixed } })).toContain('key values mismatch');
  });

  it.each([
    ['tls', (url: string) => ({ servers: url, tls: {} })],
    ['the address', (url: string) => ({ servers: url.replace('nats:', 'tls:') })],
  ])('is never left out when %s asks for it', async (_name, optionsOf) => {
    const { url } = await NatsServer.start();
    expect(await refusalWith(optionsOf(url))).toContain("server does not support 'tls'");
  });
});
