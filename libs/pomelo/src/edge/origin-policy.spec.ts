import { OriginPolicy, type OriginOptions } from './origin-policy.js';

const HOST = 'game.example:3010';

function allows(
  options: OriginOptions,
  origin: string | undefined,
  { production = true, secure = false } = {},
): boolean {
  return new OriginPolicy('hybrid.', options, production).allows(origin, HOST, secure);
}

describe('pages that may open a WebSocket', () => {
  it('are none in production unless they are named', () => {
    expect(allows({}, 'https://game.example')).toBe(false);
    expect(allows({ origins: ['https://game.example'] }, 'https://game.example')).toBe(true);
  });

  it.each([
    'https://game.example.evil.example',
    'https://evil.example',
    'http://game.example',
    'https://game.example:444',
    'HTTPS://game.example',
    'null',
    '',
  ])('are named exactly: %s is not https://game.example', (origin) => {
    expect(allows({ origins: ['https://game.example'] }, origin)).toBe(false);
  });

  it('may be those of the address that they connect to', () => {
    const options: OriginOptions = { origins: ['self'] };
    expect(allows(options, 'http://game.example:3010')).toBe(true);
    expect(allows(options, 'https://game.example:3010', { secure: true })).toBe(true);
    expect(allows(options, 'http://game.example:3010', { secure: true })).toBe(false);
    expect(allows(options, 'http://game.example')).toBe(false);
    expect(allows(options, 'self')).toBe(false);
  });

  it.each(['http://localhost:5173', 'http://127.0.0.1', 'http://[::1]:8080', 'http://game.example:5173'])(
    'are those of the developer outside production: %s',
    (origin) => expect(allows({}, origin, { production: false })).toBe(true),
  );

  it.each([
    'https://evil.example',
    'null',
    'file://',
    'garbage',
    '',
    'https://localhost.evil.example',
    'http://127.0.0.1.evil.example',
  ])('are not everybody outside production: %s', (origin) =>
    expect(allows({}, origin, { production: false })).toBe(false),
  );

  it('are all of them when the application says so', () => {
    expect(allows({ origins: '*' }, 'https://evil.example')).toBe(true);
  });

  it('do not concern native clients, unless an origin is required', () => {
    expect(allows({}, undefined)).toBe(true);
    expect(allows({ requireOrigin: true, origins: '*' }, undefined)).toBe(false);
  });

  it.each(['https://game.example/', 'game.example', 'null', '*.example', 5])(
    'are refused at the start when nonsense: %s',
    (origin) => {
      expect(() => allows({ origins: [origin as string] }, undefined)).toThrow('hybrid.origins is');
    },
  );
});
