import fc from 'fast-check';
import { decodePush, encodePush, pushOf } from './push.js';

describe('a push that travels', () => {
  it('has the same JSON when it arrives', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), (route, body, hint) => {
        const sent = { route, body, kind: 'push', hint } as const;
        // The codec renames this key, so that nobody's prototype travels.
        fc.pre(!JSON.stringify(sent).includes('__proto__'));
        expect(JSON.stringify(decodePush(encodePush(sent)))).toBe(JSON.stringify(sent));
      }),
    );
  });

  it('keeps bytes, dates and what is missing', () => {
    const body = { bytes: Buffer.from([0, 255]), at: new Date(1e12), no: undefined, big: 2n ** 60n };
    expect(decodePush(encodePush({ route: 'on', body, kind: 'broadcast' })).body).toEqual(body);
  });

  it('keeps its terms, with the time that is left', () => {
    const terms = { volatile: true, key: undefined, deadline: performance.now() + 60_000 };
    const push = decodePush(encodePush({ route: 'on', body: 1, kind: 'push', terms }));
    expect(push.terms).toMatchObject({ volatile: true, key: undefined });
    expect(push.terms?.deadline).toBeGreaterThan(terms.deadline - 1);
    const latest = pushOf('on', 1, 'push', { latest: 'a' });
    expect(decodePush(encodePush(latest)).terms).toEqual(latest.terms);
    expect(pushOf('on', 1, 'push', { scheduler: 'now', volatile: false }).terms).toBeUndefined();
  });

  it('does not change with the bytes that it came in, which are written over', () => {
    const bytes = Buffer.from(encodePush({ route: 'on', body: [Buffer.from('kept'), 'text'], kind: 'push' }));
    const push = decodePush(bytes);
    bytes.fill(0);
    expect(push.body).toEqual([Buffer.from('kept'), 'text']);
  });
});
