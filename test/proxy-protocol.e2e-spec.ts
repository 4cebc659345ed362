import { connect } from 'node:net';
import { ConnectedSession, Handler, type Session } from 'nestjs-pomelo';
import { PomeloClient, webSocketTransport } from 'nestjs-pomelo-client';
import { HANDSHAKE_ACK_PACKAGE } from 'nestjs-pomelo-protocol';
import { WebSocket } from 'ws';
import { HAPROXY_HOST, HaProxy } from './support/haproxy.js';
import { closeAfterTest, startApp } from './support/pomelo-app.js';
import { handshake, POMELO_SYS, RawClient, readMessage, request } from './support/raw-client.js';

const VERSIONS = ['send-proxy', 'send-proxy-v2', 'send-proxy-v2-ssl-cn'] as const;

@Handler('t.proxied')
class Proxied {
  @Handler() address(@ConnectedSession() session: Session): string {
    return session.remoteAddress;
  }
}

/** Starts HAProxy in front of an application; gives the port at which it sends on with this option. */
async function portBehind(option: string): Promise<number> {
  const hybrid = { trustedProxies: ['127.0.0.1'], proxyProtocol: true };
  const { port } = await startApp({ providers: [Proxied], hybrid });
  return closeAfterTest(await HaProxy.start(port, option)).port;
}

/** The address that a handler sees of a TCP client which connects from this one. */
async function addressOf(host: string, port: number, localAddress: string): Promise<unknown> {
  const client = closeAfterTest(new RawClient(connect({ host, port, localAddress })));
  client.send(handshake({ sys: POMELO_SYS }));
  await client.packages.take();
  client.send(HANDSHAKE_ACK_PACKAGE, request(1, 't.proxied.address'));
  return readMessage(await client.packages.take()).json;
}

describe.each(VERSIONS)('behind HAProxy with %s', (option) => {
  it.each([
    [HAPROXY_HOST, '127.0.0.5'],
    [HAPROXY_HOST, '127.0.0.6'],
    ['::1', '::1'],
  ])('a session has the address of its client: at %s from %s', async (host, localAddress) => {
    expect(await addressOf(host, await portBehind(option), localAddress)).toBe(localAddress);
  });

  it('a session over WebSocket has the address of its client', async () => {
    const port = await portBehind(option);
    const transport = webSocketTransport(async (url) => new WebSocket(url, { localAddress: '127.0.0.7' }));
    const client = closeAfterTest(await PomeloClient.connect(`ws://${HAPROXY_HOST}:${port}`, { transport }));
    expect(await client.request('t.proxied.address')).toBe('127.0.0.7');
  });
});
