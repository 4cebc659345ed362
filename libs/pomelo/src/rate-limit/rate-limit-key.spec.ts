import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { RemoteSession } from '../backend/remote-session.js';
import { Session } from '../sessions/session.js';
import { keyOf } from './rate-limit-key.js';

const rule = { points: 1, seconds: 1 };
const context = new ExecutionContextHost([]);

function sessionAt(remoteAddress: string, uid?: string): Session {
  const record = { id: 's', frontendId: 'f', remoteAddress, certificateName: undefined, uid, settings: {} };
  return new Session(new RemoteSession(record, async () => undefined, undefined), uid, {});
}

describe('what a rate limit counts together', () => {
  it.each([
    ['203.0.113.7', 'ip:203.0.113.7'],
    ['::ffff:203.0.113.7', 'ip:203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', 'ip:2001:db8:1:2'],
    ['2001:db8:1:2::9', 'ip:2001:db8:1:2'],
  ])('is all of a subscriber: %s', (address, key) => {
    expect(keyOf({ ...rule, per: 'ip' }, sessionAt(address, 'ann'), context)).toBe(key);
    expect(keyOf(rule, sessionAt(address), context)).toBe(key);
  });

  it('is a user and never an address that it is named like', () => {
    expect(keyOf(rule, sessionAt('203.0.113.7', '203.0.113.7'), context)).toBe('uid:203.0.113.7');
  });

  it('is short, however long what the function says', () => {
    const keys = ['a', 'b'].map((end) =>
      keyOf({ ...rule, per: () => 'x'.repeat(100_000) + end }, sessionAt('::1'), context),
    );
    expect(new Set(keys).size).toBe(2);
    expect(keys.map(({ length }) => length)).toEqual([43, 43]);
  });
});
