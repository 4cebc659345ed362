import { Redis } from 'ioredis';
import { exportJWK, type JWK } from 'jose';
import { Injectable } from '@nestjs/common';
import {
  MemorySessionStorage,
  OnHandshake,
  SessionService,
  UseHandshakeGuards,
  type HandshakeData,
  type Session,
} from 'nestjs-pomelo';
import { JwtHandshakeGuard, JwtSessions, RedisReplayStore } from 'nestjs-pomelo/jwt';
import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startJwt, UserHandler } from './support/jwt-app.js';
import { closeAfterTest, refusalOf } from './support/pomelo-app.js';
import { RedisServer } from './support/redis-server.js';
import { sign, TokenIssuer } from './support/token-issuer.js';

const SECRET = 'a secret of thirty-two bytes, or of more than that';

describe('a client with a token', () => {
  it('is its user from the first message on, and handlers know the claims', async () => {
    const { app, issuer, connect } = await startJwt();
    const client = await connect({ user: { token: await issuer.sign({ role: 'admin' }) } });
    const who = (await client.request('t.user.who')) as { left: number };
    expect(who).toMatchObject({ uid: 'ann', claims: { sub: 'ann', role: 'admin', iss: 'login' } });
    expect(who.left).toBeGreaterThan(3_000);
    expect(app.get(UserHandler).heard).toEqual(['bound ann as "admin"']);
    expect(app.get(SessionService).getByUid('ann')).toHaveLength(1);
  });

  it('has it where the options say, as the user that they say, and only the claims that they say', async () => {
    const { issuer, connect, knock } = await startJwt({
      tokenOf: ({ user }: HandshakeData) => (user as { auth: { jwt: string } }).auth.jwt,
      uidClaim: 'player',
      claims: ['role'],
      sessionKey: 'token',
    });
    const token = await issuer.sign({ player: 'p-7', role: 'admin', email: 'ann@example.com' });
    const client = await connect({ user: { auth: { jwt: token } } });
    const claims = { role: 'admin', exp: expect.any(Number) };
    expect(await client.request('t.user.who')).toEqual({ uid: 'p-7', claims, left: expect.any(Number) });
    // The function fails on these: a client without a token, and not a fault of the server.
    expect(await knock(undefined)).toEqual([{ code: 401 }]);
    expect(await knock({ token })).toEqual([{ code: 401 }]);
  });

  it('is let in by the guard of a hook, which may tell how long the token lasts', async () => {
    @Injectable()
    class Welcome {
      constructor(private readonly tokens: JwtSessions) {}
      @UseHandshakeGuards(JwtHandshakeGuard)
      @OnHandshake()
      greet(_handshake: HandshakeData, session: Session): unknown {
        return { uid: session.uid, left: this.tokens.secondsLeft(session) };
      }
    }
    const { issuer, connect, knock } = await startJwt(
      {},
      { providers: [Welcome], options: { handshakeGuards: [] } },
    );
    const { user } = await connect({ user: { token: await issuer.sign() } });
    expect(user).toMatchObject({ uid: 'ann' });
    expect((user as { left: number }).left).toBeGreaterThan(3_000);
    expect(await knock({})).toEqual([{ code: 401 }]);
  });

  it('has the claims of its token, and not those that a storage kept of an older one', async () => {
    const storage = new MemorySessionStorage();
    await storage.store('ann', { claims: { role: 'admin', exp: 9_999_999_999 }, score: 3 });
    const { issuer, connect } = await startJwt(
      {},
      { options: { sessions: { persist: { storage, merge: 'storedWins' } } } },
    );
    const client = await connect({ user: { token: await issuer.sign({ role: 'guest' }) } });
    expect(await client.request('t.user.who')).toMatchObject({ claims: { role: 'guest' } });
    expect(await storage.query('ann')).toMatchObject({ claims: { role: 'guest' }, score: 3 });
  });
});

describe('the key', () => {
  it.each([
    ['a PEM text', 'ES256', async ({ pem }: TokenIssuer) => pem],
    ['a JWK', 'EdDSA', async ({ publicKey }: TokenIssuer) => publicKey.export({ format: 'jwk' })],
    ['a KeyObject of RSA', 'PS256', async ({ publicKey }: TokenIssuer) => publicKey],
    [
      'a function',
      'RS256',
      async ({ publicKey }: TokenIssuer) =>
        async () =>
          exportJWK(publicKey),
    ],
  ] as const)('may be %s', async (_name, algorithm, keyOf) => {
    const issuer = new TokenIssuer(algorithm);
    const { connect } = await startJwt({ key: await keyOf(issuer), algorithms: [algorithm] }, {}, issuer);
    await connect({ user: { token: await issuer.sign() } });
  });

  it.each([
    ['a text', SECRET],
    ['bytes', Buffer.from(SECRET)],
    ['a JWK', { kty: 'oct', k: Buffer.from(SECRET).toString('base64url') }],
    ['a function', async () => Buffer.from(SECRET)],
  ])('may be a secret, as %s', async (_name, key) => {
    const { connect } = await startJwt({ key, algorithms: ['HS256'] });
    const token = await sign(createSecretKey(Buffer.from(SECRET)), {}, { alg: 'HS256' });
    await connect({ user: { token } });
  });

  it('is fetched once from a JWKS when it is an address, and not again for whoever names one that is not there', async () => {
    const [first, second] = [new TokenIssuer(), new TokenIssuer()];
    const keys = new KeyServer();
    await keys.start();
    keys.publish('1', first);
    const { connect, knock } = await startJwt({ key: keys.url });
    await connect({ user: { token: await first.sign({}, { kid: '1' }) } });
    expect(await knock({ token: await second.sign({}, { kid: '2' }) })).toEqual([{ code: 401 }]);
    expect(keys.asked).toBe(1);
  });

  it('that cannot be fetched lets nobody in with 503, is told in the log once, and works again', async () => {
    const issuer = new TokenIssuer();
    const keys = new KeyServer();
    const { log, connect, knock } = await startJwt({ key: await keys.reserve() }, {}, issuer);
    const token = await issuer.sign({}, { kid: '1' });
    expect(await knock({ token })).toEqual([{ code: 503 }]);
    expect(await knock({ token })).toEqual([{ code: 503 }]);
    expect(log.matching('error', 'The check of tokens failed: ')).toHaveLength(1);
    expect(log.matching('error', 'ECONNREFUSED')).toHaveLength(1);
    await keys.start();
    keys.publish('1', issuer);
    await connect({ user: { token } });
    expect(log.matching('log', 'The check of tokens works again')).toHaveLength(1);
  });

  it('that a function gives as a secret is no public key, whatever its bytes say', async () => {
    const issuer = new TokenIssuer('RS256');
    const { log, knock } = await startJwt({
      key: async () => Buffer.from(issuer.pem),
      algorithms: ['HS256'],
    });
    const token = await sign(createSecretKey(Buffer.from(issuer.pem)), {}, { alg: 'HS256' });
    expect(await knock({ token })).toEqual([{ code: 503 }]);
    expect(log.matching('error', 'one of public keys, as the key is one')).toHaveLength(1);
  });
});

describe('used tokens in Redis', () => {
  async function redisStore(server: RedisServer, timeoutMs = 20_000): Promise<RedisReplayStore> {
    const redis = new Redis(server.url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
    redis.on('error', () => {});
    closeAfterTest({ close: async () => redis.disconnect() });
    return new RedisReplayStore(redis, { timeoutMs, prefix: 'game:token:' });
  }

  it('are known on every server that asks it, and forgotten when nobody can use them any more', async () => {
    const server = await RedisServer.start();
    const issuer = new TokenIssuer();
    const one = await startJwt({ singleUse: await redisStore(server) }, {}, issuer);
    const two = await startJwt({ singleUse: await redisStore(server) }, {}, issuer);
    const token = await issuer.sign();
    await one.connect({ user: { token } });
    expect(await two.knock({ token })).toEqual([{ code: 401 }]);
    expect(two.log.matching('debug', 'TOKEN_REPLAYED')).toHaveLength(1);
    const redis = new Redis(server.url);
    closeAfterTest({ close: async () => redis.disconnect() });
    const [key = ''] = await redis.keys('game:token:*');
    const ttl = await redis.pttl(key);
    expect([ttl > 20_000, ttl <= 67_000]).toEqual([true, true]);
  });

  it('let nobody in with 503 while Redis is away, and everybody when it is back', async () => {
    const server = await RedisServer.start();
    const running = await startJwt({ singleUse: await redisStore(server, 300) });
    await server.kill();
    expect(await running.knock({ token: await running.issuer.sign() })).toEqual([{ code: 503 }]);
    expect(running.log.matching('error', 'Redis did not answer within 300 ms')).toHaveLength(1);
    await server.start();
    const entered = async (): Promise<unknown> => {
      const token = await running.issuer.sign();
      return running.connect({ user: { token } }).catch(() => undefined);
    };
    while ((await entered()) === undefined);
    expect(running.log.matching('log', 'The check of tokens works again')).toHaveLength(1);
  });
});

describe('an option of PomeloJwtModule', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey;
  const pem = (key: typeof publicKey): string => key.export({ type: 'spki', format: 'pem' }).toString();

  it.each([
    [{ key: undefined }, 'jwt.key is "…", but it must be a secret, a public key (PEM, KeyObject or JWK)'],
    [{ key: { kty: 'EC' } as JWK }, 'jwt.key is "…", but it must be a secret, a public key'],
    [{ key: privateKey }, 'A server that checks tokens needs no private key.'],
    [{ key: privateKey.export({ format: 'jwk' }) }, 'A server that checks tokens needs no private key.'],
    [{ key: privateKey.export({ type: 'pkcs8', format: 'pem' }) }, 'needs no private key.'],
    [{ key: 'too short', algorithms: ['HS256'] }, 'a secret of 32 bytes or more for HS256'],
    [{ key: SECRET, algorithms: ['HS512'] }, 'a secret of 64 bytes or more for HS512'],
    [{ key: SECRET }, 'jwt.algorithms is "ES256", but it must be one of the key, which is a secret'],
    [{ key: publicKey, algorithms: ['HS256'] }, 'jwt.algorithms is "HS256", but it must be one of public'],
    [{ key: pem(publicKey), algorithms: ['HS256'] }, 'everybody could sign tokens with HS*'],
    [{ key: publicKey, algorithms: ['ES384'] }, 'one of the key, which is ec'],
    [{ key: weak, algorithms: ['RS256'] }, 'an RSA key of 2048 bits or more'],
    [{ key: new URL('http://login.example/keys') }, 'jwt.key is "…", but it must be an https: address'],
    [{ key: new URL('https://login.example/keys'), algorithms: ['HS256'] }, 'as those of a JWKS are'],
    [{ algorithms: undefined }, 'jwt.algorithms is undefined, but it must be a list of HS256, HS384'],
    [{ algorithms: [] }, 'jwt.algorithms is [], but it must be a list of'],
    [{ algorithms: ['none'] }, 'jwt.algorithms is ["none"], but it must be a list of'],
    [{ algorithms: ['ES256', 'HS256'] }, 'but it must be either HS* or others'],
    [{ issuer: [] }, 'jwt.issuer is [], but it must be a name, or a list of names'],
    [{ audience: '' }, 'jwt.audience is "", but it must be a name'],
    [{ clockToleranceSeconds: 301 }, 'jwt.clockToleranceSeconds is 301'],
    [{ maxTokenAgeSeconds: 0 }, 'jwt.maxTokenAgeSeconds is 0'],
    [{ singleUse: {} }, 'jwt.singleUse is {}, but it must be true, false or an object with use()'],
    [{ tokenOf: 'token' }, 'jwt.tokenOf is "token"'],
    [{ uidClaim: '' }, 'jwt.uidClaim is "", but it must be a name'],
    [{ claims: 'role' }, 'jwt.claims is "role", but it must be an array'],
    [{ sessionKey: 1 }, 'jwt.sessionKey is 1, but it must be a name'],
    [{ graceSeconds: -1 }, 'jwt.graceSeconds is -1'],
    [{ audiance: 'game' }, 'jwt.audiance is "game", but it must be absent'],
  ])('with a wrong value stops the start with a sentence: %#', async (options, sentence) => {
    const message = await refusalOf(() => startJwt(options as never));
    expect(message).toContain(sentence);
    expect(message).not.toContain(SECRET);
  });
});

/** Serves a JWKS over HTTP, as a login service would. */
class KeyServer {
  asked = 0;
  private port = 0;
  private readonly keys: JWK[] = [];

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.port}/keys`);
  }

  publish(kid: string, { publicKey }: TokenIssuer): void {
    this.keys.push({ ...publicKey.export({ format: 'jwk' }), kid });
  }

  /** An address on which nobody listens yet. */
  async reserve(): Promise<URL> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    await new Promise((resolve) => server.close(resolve));
    return this.url;
  }

  async start(): Promise<void> {
    const server = createServer((_request, response) => {
      this.asked += 1;
      response.setHeader('connection', 'close').end(JSON.stringify({ keys: this.keys }));
    }).listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    closeAfterTest({ close: () => new Promise((resolve) => server.close(resolve)) });
  }
}
