import { rendezvous } from './routing.js';
import type { ServerInfo } from './server-info.interface.js';

function server(id: string): ServerInfo {
  const load = { calls: 0, sessions: 0 };
  return { id, inc: '1', types: ['chat'], frontend: false, state: 'up', metadata: {}, addresses: [], load };
}

const servers = ['chat-0', 'chat-1', 'chat-2', 'chat-3', 'chat-4'].map(server);
const keys = Array.from({ length: 2_000 }, (_unused, index) => `user-${index}`);

describe('the default choice of a server', () => {
  it('is the same for the same key, whatever else was chosen before', () => {
    const first = keys.map((key) => rendezvous(key, servers)?.id);
    expect(keys.map((key) => rendezvous(key, servers)?.id)).toEqual(first);
  });

  it('moves only the users of a server that leaves', () => {
    const remaining = servers.slice(1);
    const moved = keys.filter((key) => rendezvous(key, servers) !== rendezvous(key, remaining));
    expect(moved.length).toBeGreaterThan(0);
    expect(new Set(moved.map((key) => rendezvous(key, servers)?.id))).toEqual(new Set(['chat-0']));
  });

  it('gives every server its share of the users', () => {
    const shares = new Map<string | undefined, number>();
    for (const key of keys) {
      const id = rendezvous(key, servers)?.id;
      shares.set(id, (shares.get(id) ?? 0) + 1);
    }
    for (const { id } of servers) expect(shares.get(id)).toBeGreaterThan(300);
  });

  it('spreads calls without a key, so that they do not all land on one server', () => {
    const chosen = new Set(Array.from({ length: 200 }, () => rendezvous('', servers)?.id));
    expect(chosen.size).toBeGreaterThan(1);
  });

  it('is nobody among no servers, and the only one of one', () => {
    expect(rendezvous('x', [])).toBeUndefined();
    expect(rendezvous('', [server('a')])?.id).toBe('a');
  });
});
