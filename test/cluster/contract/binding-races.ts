import type { Binding, BindingStore } from 'nestjs-pomelo';
import { bindingAt, openStore } from './contract-bindings.js';
import { engineOf, type MakeEngine } from './contract-engine.js';

const UIDS = Array.from({ length: 50 }, (_, at) => `user-${at}`);
const WRITERS = Array.from({ length: 12 }, (_, at) => at);

/** Users who log in at several servers at once. */
export function bindingRaces(makeEngine: MakeEngine): void {
  it('that race, each alone, have one winner, and every other one is displaced once', async () => {
    const stores = await openStores(makeEngine);
    const displaced = await race(stores, (mine) => () => [mine]);
    const winners = await (stores[0] as BindingStore).getMany(UIDS);
    for (const [at, uid] of UIDS.entries()) {
      expect(winners[at]?.length).toBe(1);
      expect(sessionsOf([...(winners[at] ?? []), ...(displaced.get(uid) ?? [])])).toEqual(allSessions());
    }
  });

  it('that race and give way have one winner, and the others are told who it is', async () => {
    const stores = await openStores(makeEngine);
    const told = await race(stores, (mine) => (held) => (held.length === 0 ? [mine] : undefined));
    const winners = await (stores[0] as BindingStore).getMany(UIDS);
    for (const [at, uid] of UIDS.entries()) {
      const [winner] = winners[at] ?? [];
      expect(winners[at]).toEqual([winner]);
      expect(told.get(uid)).toEqual(Array(WRITERS.length - 1).fill(winner));
    }
  });

  it('that race to be added are all there', async () => {
    const stores = await openStores(makeEngine);
    await race(stores, (mine) => (held) => [...held, mine]);
    const held = await (stores[0] as BindingStore).getMany(UIDS);
    for (const bindings of held) expect(sessionsOf(bindings)).toEqual(allSessions());
  });

  it('that race to be removed take only their own with them', async () => {
    const stores = await openStores(makeEngine);
    for (const uid of UIDS.slice(0, 10))
      await (stores[0] as BindingStore).update(uid, () => WRITERS.map((writer) => bindingOf(writer)));
    await Promise.all(
      UIDS.slice(0, 10).flatMap((uid) =>
        WRITERS.filter((writer) => writer !== 5).map((writer) =>
          (stores[writer % stores.length] as BindingStore).update(uid, (held) =>
            held.filter(({ sessionId }) => sessionId !== String(writer)),
          ),
        ),
      ),
    );
    for (const uid of UIDS.slice(0, 10)) expect(await stores[0]?.get(uid)).toEqual([bindingOf(5)]);
  });
}

async function openStores(makeEngine: MakeEngine): Promise<BindingStore[]> {
  const engine = await engineOf(makeEngine);
  return Promise.all([openStore(engine), openStore(engine), openStore(engine), openStore(engine)]);
}

type ChangeOf = (mine: Binding) => (held: readonly Binding[]) => readonly Binding[] | undefined;

/** Every writer changes every user; gives what they were told was there before, by uid. */
async function race(stores: readonly BindingStore[], changeOf: ChangeOf): Promise<Map<string, Binding[]>> {
  const before = new Map<string, Binding[]>(UIDS.map((uid) => [uid, []]));
  await Promise.all(
    UIDS.flatMap((uid) =>
      WRITERS.map(async (writer) => {
        const store = stores[writer % stores.length] as BindingStore;
        before.get(uid)?.push(...(await store.update(uid, changeOf(bindingOf(writer)))));
      }),
    ),
  );
  return before;
}

function bindingOf(writer: number): Binding {
  return bindingAt(`frontend-${writer % 4}`, String(writer));
}

function sessionsOf(bindings: readonly Binding[]): number[] {
  return bindings.map(({ sessionId }) => Number(sessionId)).toSorted((a, b) => a - b);
}

function allSessions(): number[] {
  return [...WRITERS];
}
