import { readVectors } from '../../../test/support/vectors.js';
import { parseRoute } from './route.js';

interface GoVector {
  readonly test: string;
  readonly in: string;
  readonly expect: { server?: string; service?: string; method?: string; error?: string };
}

const vectors = (readVectors('pitaya') as { route: GoVector[] }).route;

describe('parseRoute', () => {
  it('is tested with every recorded route', () => {
    expect(vectors).toHaveLength(4);
  });

  // pitaya takes `some.method` for a route of the server itself; a client of this family always names the server type.
  it.each(vectors)(
    'agrees with $test, but for routes of two parts',
    ({ in: text, expect: { server, service, method } }) => {
      const route = { serverType: server, handler: service, method, text };
      expect(parseRoute(text)).toEqual(server ? route : undefined);
    },
  );

  it.each([
    '',
    '.',
    '..',
    '...',
    'a',
    'a.b',
    'a.b.',
    '.b.c',
    'a..c',
    'a.b.c.',
    '.a.b.c',
    'a.b.c.d',
    '.'.repeat(250),
  ])('refuses %p', (text) => {
    expect(parseRoute(text)).toBeUndefined();
  });

  it('takes any characters but dots, so that only the lookup decides', () => {
    const text = '__proto__.聊天 \n.constructor';
    expect(parseRoute(text)).toEqual({
      serverType: '__proto__',
      handler: '聊天 \n',
      method: 'constructor',
      text,
    });
  });
});
