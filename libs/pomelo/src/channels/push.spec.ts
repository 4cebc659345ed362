import fc from 'fast-check';
import { decodePush, encodePush } from './push.js';

describe('a push that travels', () => {
  it('has the same JSON when it arrives', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), (route, body, hint) => {
        const sent = { route, body, kind: 'push', hint } as const;
        expect(JSON.stringify(decodePush(encodePush(sent)))).toBe(JSON.stringify(sent));
      }),
    );
  });

  it('keeps bytes, dates and what is missing', () => {
    const body = { bytes: Buffer.from([0, 255]), at: new Date(1e12), no: undefined, big: 2n ** 60n };
    expect(decodePush(encodePush({ route: 'on', body, kind: 'broadcast' })).body).toEqual(body);
  });

  it('does not change with the bytes that it came in, which are written over', () => {
    const bytes = Buffer.from(encodePush({ route: 'on', body: [Buffer.from('kept'), 'text'], kind: 'push' }));
    const push = decodePush(bytes);
    bytes.fill(0);
    expect(push.body).toEqual([Buffer.from('kept'), 'text']);
  });
});
