import { encodeAnnouncement } from './announcement.js';
import { Membership } from './membership.js';
import { PeerNews } from './peer-news.js';
import { ServerRegistry } from './server-registry.js';

const info = {
  id: 'chat-1',
  inc: '',
  types: ['chat'],
  frontend: false,
  addresses: [],
  state: 'up',
  metadata: {},
  load: { calls: 0, sessions: 0 },
} as const;

interface Start {
  readonly inc: string;
  /** In ms, of a clock that both can see and neither knows. */
  readonly bornAt: number;
}

/** Whether a start of a server goes when it hears of another start of it, which told of itself 40 ms before. */
function goes(own: Start, other: Start): boolean {
  let hasGone = false;
  const registry = new ServerRegistry();
  const membership = new Membership(registry, { probe: () => {} }, 1_000, () => new Set());
  const identity = { id: info.id, inc: own.inc, uptimeMs: 100_000 - own.bornAt };
  const news = new PeerNews(identity, registry, membership, () => (hasGone = true));
  const told = encodeAnnouncement({ ...info, inc: other.inc }, 100_000 - 40 - other.bornAt);
  news.hear({ id: info.id, inc: other.inc, role: 'chat' }, told);
  return hasGone;
}

describe('of two starts of a server with one id, exactly one goes', () => {
  it.each([0, 1, 30, 50, 1_000])('when they are %d ms apart', (apart) => {
    for (const [one, other] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      const elder = { inc: one, bornAt: 0 };
      const younger = { inc: other, bornAt: apart };
      expect([goes(elder, younger), goes(younger, elder)].filter(Boolean)).toHaveLength(1);
    }
  });

  it('and it is the younger one when they are far apart', () => {
    const elder = { inc: 'b', bornAt: 0 };
    const younger = { inc: 'a', bornAt: 60_000 };
    expect([goes(elder, younger), goes(younger, elder)]).toEqual([false, true]);
  });
});
