import { SessionService } from 'nestjs-pomelo';
import { exportJWK } from 'jose';
import { createSecretKey } from 'node:crypto';
import { startJwt, type JwtApp } from './support/jwt-app.js';
import { rejectsDuring } from './support/rejects.js';
import { assemble, seconds, sign, TokenIssuer } from './support/token-issuer.js';
import { until } from './support/until.js';

const demands = { issuer: 'login', audience: ['game', 'lobby'], clockToleranceSeconds: 0 };
const stranger = new TokenIssuer();

type MakeToken = (issuer: TokenIssuer) => unknown;

/** Every attack: its name, the token, and what the log, but not the client, says of it. */
const ROWS: readonly (readonly [name: string, make: MakeToken, reason: string])[] = [
  ['no token', () => undefined, 'TOKEN_MISSING'],
  ['an empty token', () => '', 'TOKEN_MISSING'],
  ['null', () => null, 'TOKEN_MISSING'],
  ['a number', () => 42, 'TOKEN_MALFORMED'],
  ['an array of tokens', async (issuer) => [await issuer.sign()], 'TOKEN_MALFORMED'],
  ['an object that becomes a text', () => ({ toString: 'x' }), 'TOKEN_MALFORMED'],
  ['garbage', () => 'garbage', 'TOKEN_MALFORMED'],
  ['two dots alone', () => '..', 'TOKEN_MALFORMED'],
  ['bytes that are no Base64', () => '\u0000.\uffff.💥', 'TOKEN_MALFORMED'],
  ['an encrypted token', () => 'e30.e30.e30.e30.e30', 'TOKEN_MALFORMED'],
  ['a header that is no object', () => assemble([], {}), 'TOKEN_MALFORMED'],
  ['a header without an algorithm', () => assemble({ typ: 'JWT' }, {}), 'TOKEN_MALFORMED'],
  [
    'a header that demands what nobody knows',
    () => assemble({ alg: 'ES256', crit: ['x'], x: 1 }, {}, 'AA'),
    'TOKEN_MALFORMED',
  ],
  ['the algorithm none', () => assemble({ alg: 'none' }, {}), 'TOKEN_SIGNATURE'],
  ['the algorithm nOnE, with a signature', () => assemble({ alg: 'nOnE' }, {}, 'AAAA'), 'TOKEN_SIGNATURE'],
  [
    'the public key as the secret of HS256',
    ({ pem }) => sign(Buffer.from(pem), {}, { alg: 'HS256' }),
    'TOKEN_SIGNATURE',
  ],
  ['an algorithm that is not allowed', () => new TokenIssuer('RS256').sign(), 'TOKEN_SIGNATURE'],
  ['the signature of a stranger', () => stranger.sign(), 'TOKEN_SIGNATURE'],
  [
    'the key of a stranger in the header',
    async () => stranger.sign({}, { jwk: await exportJWK(stranger.publicKey) }),
    'TOKEN_SIGNATURE',
  ],
  [
    'an address of keys in the header',
    () => stranger.sign({}, { jku: 'https://evil.example/keys', kid: '../../dev/null' }),
    'TOKEN_SIGNATURE',
  ],
  ['no signature', async (issuer) => (await issuer.sign()).replace(/[^.]*$/, ''), 'TOKEN_SIGNATURE'],
  ['half a signature', async (issuer) => (await issuer.sign()).slice(0, -43), 'TOKEN_SIGNATURE'],
  [
    'other claims than those that were signed',
    async (issuer) => {
      const [header = '', , signature = ''] = (await issuer.sign()).split('.');
      return [header, assemble({}, { sub: 'admin' }).split('.')[1], signature].join('.');
    },
    'TOKEN_SIGNATURE',
  ],
  ['a token that has expired', (issuer) => issuer.sign({ exp: seconds() - 1 }), 'TOKEN_EXPIRED'],
  ['a token that is not valid yet', (issuer) => issuer.sign({ nbf: seconds() + 600 }), 'TOKEN_CLAIM'],
  ['a token without an end', (issuer) => issuer.sign({ exp: undefined }), 'TOKEN_CLAIM'],
  ['an end that is a text', (issuer) => issuer.sign({ exp: '9999999999' }), 'TOKEN_CLAIM'],
  ['a token for somebody else', (issuer) => issuer.sign({ aud: 'shop' }), 'TOKEN_CLAIM'],
  ['a token for nobody', (issuer) => issuer.sign({ aud: undefined }), 'TOKEN_CLAIM'],
  ['another issuer', (issuer) => issuer.sign({ iss: 'evil' }), 'TOKEN_CLAIM'],
  ['a list of issuers', (issuer) => issuer.sign({ iss: ['login', 'evil'] }), 'TOKEN_CLAIM'],
  ['no user', (issuer) => issuer.sign({ sub: undefined }), 'TOKEN_CLAIM'],
  ['an empty user', (issuer) => issuer.sign({ sub: '' }), 'TOKEN_CLAIM'],
  ['a user that is an object', (issuer) => issuer.sign({ sub: { uid: 'ann' } }), 'TOKEN_CLAIM'],
  ['a user that forges a line of the log', (issuer) => issuer.sign({ sub: 'ann\nadmin' }), 'TOKEN_CLAIM'],
  ['a user that is too long', (issuer) => issuer.sign({ sub: 'a'.repeat(129) }), 'TOKEN_CLAIM'],
];

/** Knocks, and gives what the client got. Nobody is let in. */
async function refusedAnswer(running: JwtApp, token: unknown): Promise<unknown[]> {
  const answer = await running.knock({ token });
  const sessions = running.app.get(SessionService);
  await until(() => sessions.getSessionsCount() === 0);
  expect(sessions.getBoundUsersCount()).toBe(0);
  return answer;
}

describe('a handshake with a hostile token', () => {
  let running: JwtApp;
  beforeEach(async () => {
    running = await startJwt(demands);
  });

  it.each(ROWS)('lets nobody in, and tells nothing: %s', async (_name, make, reason) => {
    const rejects = rejectsDuring('handshake');
    expect(await refusedAnswer(running, await make(running.issuer))).toEqual([{ code: 401 }]);
    expect(running.log.matching('debug', `was refused: ${reason}: `)).toHaveLength(1);
    expect(running.log.matching('error')).toEqual([]);
    const counted = reason === 'TOKEN_EXPIRED' ? 'token_expired' : 'bad_token';
    expect(rejects().map((reject) => reject.reason)).toEqual([counted, 'handshake_refused']);
  });

  it('that is in order but for one letter serves the one that is in order', async () => {
    const token = await running.issuer.sign();
    await refusedAnswer(running, `${token}x`);
    const client = await running.connect({ user: { token } });
    expect(await client.request('t.user.who')).toMatchObject({ uid: 'ann' });
  });

  it('cannot change what objects have by its claims', async () => {
    const claims = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    const client = await running.connect({ user: { token: await running.issuer.sign(claims) } });
    expect(await client.request('t.user.who')).toMatchObject({ uid: 'ann' });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('has the token nowhere in the log', async () => {
    const token = await stranger.sign();
    await refusedAnswer(running, token);
    expect(running.log.lines.filter(({ text }) => text.includes(token.slice(-20)))).toEqual([]);
  });
});

describe('limits.tokenBytes', () => {
  it('lets a token of that length in, and refuses one that is longer unread', async () => {
    const issuer = new TokenIssuer();
    const token = await issuer.sign();
    const exact = await startJwt({}, { options: { limits: { tokenBytes: token.length } } }, issuer);
    await exact.connect({ user: { token } });
    const short = await startJwt({}, { options: { limits: { tokenBytes: token.length - 1 } } }, issuer);
    expect(await short.knock({ token })).toEqual([{ code: 401 }]);
    expect(short.log.matching('debug', `it has more than ${token.length - 1} bytes`)).toHaveLength(1);
  });
});

describe('a token for single use', () => {
  it('opens one session, however often and however fast it is sent again', async () => {
    const running = await startJwt({ singleUse: true });
    const token = await running.issuer.sign();
    const rejects = rejectsDuring('handshake');
    const attempts = Array.from({ length: 10 }, () => running.connect({ user: { token } }));
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await running.knock({ token })).toEqual([{ code: 401 }]);
    expect(rejects().filter(({ reason }) => reason === 'replay')).toHaveLength(10);
    expect(running.log.matching('debug', 'TOKEN_REPLAYED')).toHaveLength(10);
  });

  it.each([
    ['has no name', { jti: undefined }, 'TOKEN_CLAIM'],
    ['has a name that is none', { jti: { a: 1 } }, 'TOKEN_CLAIM'],
    ['does not say when it was made', { iat: undefined }, 'TOKEN_CLAIM'],
    ['was made more than a minute ago', { iat: seconds() - 600 }, 'TOKEN_EXPIRED'],
    ['was made in the future', { iat: seconds() + 600 }, 'TOKEN_CLAIM'],
  ])('is refused when it %s', async (_name, claims, reason) => {
    const running = await startJwt({ singleUse: true });
    expect(await running.knock({ token: await running.issuer.sign(claims) })).toEqual([{ code: 401 }]);
    expect(running.log.matching('debug', `was refused: ${reason}: `)).toHaveLength(1);
  });

  it('is not used up by whoever cannot use it', async () => {
    const running = await startJwt({ singleUse: true });
    const token = await running.issuer.sign();
    await running.knock({ token: `${token}x` });
    await running.connect({ user: { token } });
  });
});

describe('limits.usedTokens', () => {
  it('lets so many in, and answers the next with 503 instead of forgetting one', async () => {
    const running = await startJwt({ singleUse: true }, { options: { limits: { usedTokens: 2 } } });
    const first = await running.issuer.sign();
    await running.connect({ user: { token: first } });
    await running.connect({ user: { token: await running.issuer.sign() } });
    for (let attempt = 0; attempt < 2; attempt += 1)
      expect(await running.knock({ token: await running.issuer.sign() })).toEqual([{ code: 503 }]);
    expect(await running.knock({ token: first })).toEqual([{ code: 401 }]);
    expect(running.log.matching('error', '2 used tokens are remembered already')).toHaveLength(1);
  });
});

describe('a secret', () => {
  it('lets tokens of HS256 in, and none that is signed with another one', async () => {
    const secret = createSecretKey(Buffer.alloc(32, 'good'));
    const running = await startJwt({ key: secret, algorithms: ['HS256'] });
    const other = createSecretKey(Buffer.alloc(32, 'evil'));
    await running.connect({ user: { token: await sign(secret, {}, { alg: 'HS256' }) } });
    expect(await running.knock({ token: await sign(other, {}, { alg: 'HS256' }) })).toEqual([{ code: 401 }]);
    expect(await running.knock({ token: assemble({ alg: 'none' }, {}) })).toEqual([{ code: 401 }]);
  });
});
