import { memory, SessionService, type ClusterDriver } from 'nestjs-pomelo';
import { HANDSHAKE_ACK_PACKAGE } from 'nestjs-pomelo-protocol';
import { ask } from './support/ask.js';
import { startJwt, UserHandler, type JwtApp } from './support/jwt-app.js';
import { handshake, POMELO_SYS, RawClient, readMessage, request } from './support/raw-client.js';
import { rejectsDuring } from './support/rejects.js';
import { seconds, TokenIssuer } from './support/token-issuer.js';
import { until } from './support/until.js';

/** A slow machine may take its time for the login; the session ends at `exp` all the same. */
const OPTIONS = { clockToleranceSeconds: 300, graceSeconds: 0 } as const;
const REFUSED = { code: 401, msg: 'The token was refused.' };

/** Long enough for a login, short enough to wait for. */
const soon = (): { exp: number } => ({ exp: seconds() + 4 });

async function enter({ port }: JwtApp, token: string): Promise<RawClient> {
  const client = await RawClient.open(port);
  client.send(handshake({ sys: POMELO_SYS, user: { token } }), HANDSHAKE_ACK_PACKAGE);
  await client.packages.take();
  return client;
}

describe('a session whose token expires', () => {
  it('is kicked with the reason and its code, and counted', async () => {
    const running = await startJwt(OPTIONS);
    const rejects = rejectsDuring('session');
    const client = await enter(running, await running.issuer.sign(soon()));
    expect((await client.rest()).map(({ json }) => json)).toEqual([{ reason: 'token_expired', code: 4401 }]);
    await until(() => running.app.get(UserHandler).heard.includes('token_expired'));
    expect(rejects()).toEqual([{ layer: 'session', reason: 'token_expired', transport: 'tcp' }]);
    expect(running.app.get(SessionService).getBoundUsersCount()).toBe(0);
  });

  it('stays when its client has brought a new token, and has the claims of that', async () => {
    const running = await startJwt(OPTIONS);
    const { issuer, connect } = running;
    const client = await connect({ user: { token: await issuer.sign({ ...soon(), role: 'guest' }) } });
    const neighbour = await enter(running, await issuer.sign(soon()));
    const renewed = await ask(client, 't.user.renew', { token: await issuer.sign({ role: 'admin' }) });
    expect((renewed as { left: number }).left).toBeGreaterThan(3_000);
    await neighbour.closed;
    expect(await client.request('t.user.who')).toMatchObject({ uid: 'ann', claims: { role: 'admin' } });
  });

  it('is kicked all the same when the new token is refused', async () => {
    const running = await startJwt(OPTIONS);
    const client = await enter(running, await running.issuer.sign(soon()));
    client.send(request(1, 't.user.renew', { token: await new TokenIssuer().sign() }));
    expect(readMessage(await client.packages.take()).json).toEqual(REFUSED);
    expect((await client.rest()).map(({ json }) => json)).toEqual([{ reason: 'token_expired', code: 4401 }]);
  });

  it('gets one answer to whatever is no token of its user, and keeps what it has', async () => {
    const { issuer, connect, log } = await startJwt();
    const client = await connect({ user: { token: await issuer.sign({ role: 'guest' }) } });
    const tokens = [
      'garbage',
      await issuer.sign({ exp: seconds() - 600 }),
      await issuer.sign({ sub: 'bob', role: 'admin' }),
      await new TokenIssuer().sign({ role: 'admin' }),
      { not: 'a token' },
      null,
    ];
    for (const token of tokens) expect(await ask(client, 't.user.renew', { token })).toEqual(REFUSED);
    expect(log.matching('debug', 'was refused: TOKEN_SUBJECT: ')).toHaveLength(1);
    expect(await client.request('t.user.who')).toMatchObject({ uid: 'ann', claims: { role: 'guest' } });
  });

  it('keeps the time of its longest token when a shorter one follows', async () => {
    const running = await startJwt(OPTIONS);
    const { issuer, connect } = running;
    const client = await connect({ user: { token: await issuer.sign(soon()) } });
    const neighbour = await enter(running, await issuer.sign(soon()));
    for (const claims of [{}, { ...soon(), role: 'guest' }])
      await client.request('t.user.renew', { token: await issuer.sign(claims) });
    await neighbour.closed;
    expect(await client.request('t.user.who')).toMatchObject({ claims: { role: 'guest' } });
  });

  it('may stay for ever when the options say so', async () => {
    const running = await startJwt({ ...OPTIONS, graceSeconds: false });
    const client = await running.connect({
      user: { token: await running.issuer.sign({ exp: seconds() - 100 }) },
    });
    expect(await client.request('t.user.who')).toMatchObject({ uid: 'ann', left: 0 });
  });

  it('cannot renew twice with a token for single use', async () => {
    const { issuer, connect } = await startJwt({ singleUse: true });
    const client = await connect({ user: { token: await issuer.sign() } });
    const token = await issuer.sign();
    expect(await ask(client, 't.user.renew', { token })).toEqual({ left: expect.any(Number) });
    expect(await ask(client, 't.user.renew', { token })).toEqual(REFUSED);
  });
});

describe('a session whose token expires in a cluster', () => {
  async function start(cluster: ClusterDriver, id: string, issuer: TokenIssuer): Promise<JwtApp> {
    const isFrontend = id === 'connector-1';
    const server = { id, types: [isFrontend ? 'connector' : 't'] };
    const options = { cluster, server, ...(isFrontend ? {} : { connectors: [] }) };
    return startJwt(OPTIONS, { options }, issuer);
  }

  it('stays when another server took its new token', async () => {
    const cluster = memory();
    const issuer = new TokenIssuer();
    const frontend = await start(cluster, 'connector-1', issuer);
    await start(cluster, 'back-1', issuer);
    const client = await frontend.connect({ user: { token: await issuer.sign(soon()) } });
    const neighbour = await enter(frontend, await issuer.sign(soon()));
    expect(await ask(client, 't.user.renew', { token: 'garbage' })).toEqual(REFUSED);
    await client.request('t.user.renew', { token: await issuer.sign({ role: 'admin' }) });
    await neighbour.closed;
    expect(await client.request('t.user.who')).toMatchObject({ uid: 'ann', claims: { role: 'admin' } });
  });
});
