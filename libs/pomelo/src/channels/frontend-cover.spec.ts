import fc from 'fast-check';
import type { ServerInfo } from '../cluster/server-info.interface.js';
import { coverOf, takesCopy } from './frontend-cover.js';

function serverOf(id: string, types: readonly string[], frontend = true): ServerInfo {
  const load = { calls: 0, sessions: 0 };
  return { id, inc: id, types, frontend, addresses: [], state: 'up', metadata: {}, load };
}

const servers = fc.array(
  fc
    .record({
      id: fc.uuid(),
      types: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd')),
      frontend: fc.boolean(),
    })
    .map(({ id, types, frontend }) => serverOf(id, types, frontend)),
);

describe('the types that reach all frontends', () => {
  it('bring each one exactly one copy that it takes', () => {
    fc.assert(
      fc.property(servers, (all) => {
        const frontends = all.filter(({ frontend }) => frontend);
        const { types, untyped } = coverOf(frontends, all);
        for (const server of frontends) {
          const copies = types.filter((type) => server.types.includes(type));
          const taken = copies.filter((type) => takesCopy(server.types, types, type));
          expect(taken).toHaveLength(untyped.includes(server) ? 0 : 1);
        }
        expect(untyped).toEqual(frontends.filter(({ types: hosted }) => hosted.length === 0));
      }),
    );
  });

  it('are those that the fewest servers without clients host', () => {
    const frontends = [serverOf('1', ['chat', 'gate']), serverOf('2', ['chat', 'connector'])];
    const chats = ['3', '4', '5'].map((id) => serverOf(id, ['chat'], false));
    expect(coverOf(frontends, [...frontends, ...chats]).types).toEqual(['gate', 'connector']);
  });

  it('are as few as one when all frontends host it', () => {
    const frontends = [serverOf('1', ['gate', 'connector']), serverOf('2', ['connector'])];
    expect(coverOf(frontends, frontends).types).toEqual(['connector']);
  });
});
