import { PomeloClientError } from './errors.js';
import { resolveEndpoint } from './endpoint.js';

describe('the address of a server', () => {
  it.each([
    ['tcp://game.example:3010', { protocol: 'tcp', host: 'game.example', port: 3010 }],
    ['tcp://[::1]:3010', { protocol: 'tcp', host: '::1', port: 3010 }],
    ['ws://127.0.0.1:3010/gate?x=1', { protocol: 'ws', port: 3010, url: 'ws://127.0.0.1:3010/gate?x=1' }],
    ['ws://game.example', { port: 80 }],
    ['wss://game.example', { protocol: 'wss', port: 443 }],
    [new URL('wss://game.example:8443'), { protocol: 'wss', port: 8443 }],
    [
      { host: 'game.example', port: 1 },
      { protocol: 'tcp', host: 'game.example', port: 1 },
    ],
    [
      { host: '::1', port: 1 },
      { host: '::1', url: 'tcp://[::1]:1' },
    ],
    [{ host: 'h', port: 1, protocol: 'wss' } as const, { protocol: 'wss', url: 'wss://h:1/' }],
  ])('is read from %p', (target, expected) => {
    expect(resolveEndpoint(target, 'tcp')).toMatchObject(expected);
  });

  it.each([
    'game.example:3010',
    'http://game.example',
    'tcp://game.example',
    'tcp://:3010',
    'tcp://game.example:70000',
    'toString://game.example:1',
    '',
    { host: '', port: 3010 },
    { host: 'game.example', port: NaN },
    { host: 'game.example', port: 1.5 },
  ])('is refused when it names no host, port and protocol: %p', (target) => {
    expect(() => resolveEndpoint(target, 'tcp')).toThrow(PomeloClientError);
    expect(() => resolveEndpoint(target, 'tcp')).toThrow(expect.objectContaining({ code: 'BAD_ENDPOINT' }));
  });
});
