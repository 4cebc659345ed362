import type { Binding } from 'nestjs-pomelo';
import { bindingRaces } from './binding-races.js';
import { bindingAt, openStore } from './contract-bindings.js';
import { engineOf, watchResources, type MakeEngine } from './contract-engine.js';

export type { ContractEngine, MakeEngine } from './contract-engine.js';

/** Uids that a key, a subject or a pattern of an engine could take for something else. */
const ODD_UIDS: readonly string[] = [
  'ann',
  'Ann',
  'ANN',
  ' ann',
  'ann ',
  'a n n',
  'a.n.n',
  '.ann',
  'ann.',
  '..',
  'a/n',
  'a\\n',
  'a"n',
  "a'n",
  '*',
  '>',
  'a.*',
  'a.>',
  '$',
  '{ann}',
  '[ann]',
  'a:n',
  ':ann',
  'b:ann',
  '%61nn',
  '+',
  '=',
  '-',
  '_',
  '0',
  '00',
  '__proto__',
  'constructor',
  'null',
  'päivi',
  '用户',
  '😀',
  'e\u0301',
  '\u00e9',
  '\u200b',
  '\uffff',
  'x'.repeat(254),
  'x'.repeat(255),
  '用'.repeat(255),
  `${'😀'.repeat(127)}x`,
];

/** What every `BindingStore` promises, with an engine of its own for each test. */
export function bindingsContract(name: string, makeEngine: MakeEngine): void {
  describe(`the bindings of ${name}`, () => {
    valueContract(makeEngine);
    keyContract(makeEngine);
    bindingRaces(makeEngine);
  });
}

function valueContract(makeEngine: MakeEngine): void {
  it('give what was written last, to every store, in order', async () => {
    const engine = await engineOf(makeEngine);
    const [store, other] = [await openStore(engine), await openStore(engine)];
    expect(await store.get('ann')).toEqual([]);
    expect(await store.update('ann', () => [bindingAt('b'), bindingAt('a')])).toEqual([]);
    expect(await other.get('ann')).toEqual([bindingAt('b'), bindingAt('a')]);
    expect(await other.update('ann', () => [bindingAt('c')])).toEqual([bindingAt('b'), bindingAt('a')]);
    expect(await store.get('ann')).toEqual([bindingAt('c')]);
  });

  it('change by what was held before', async () => {
    const engine = await engineOf(makeEngine);
    const [store, other] = [await openStore(engine), await openStore(engine)];
    for (const id of ['a', 'b', 'c']) await store.update('ann', (held) => [...held, bindingAt(id)]);
    let seen: readonly Binding[] = [];
    const given = await other.update('ann', (held) => {
      seen = held;
      return held.filter(({ frontendId }) => frontendId !== 'b');
    });
    expect(seen).toEqual(['a', 'b', 'c'].map((id) => bindingAt(id)));
    expect(given).toEqual(seen);
    expect(await store.get('ann')).toEqual([bindingAt('a'), bindingAt('c')]);
  });

  it('are removed by an empty list', async () => {
    const store = await openStore(await engineOf(makeEngine));
    await store.update('ann', () => [bindingAt('a')]);
    expect(await store.update('ann', () => [])).toEqual([bindingAt('a')]);
    expect(await store.get('ann')).toEqual([]);
    expect(await store.update('ann', () => [])).toEqual([]);
    expect(await store.update('ann', () => [bindingAt('b')])).toEqual([]);
    expect(await store.get('ann')).toEqual([bindingAt('b')]);
  });

  it('are left as they are by undefined', async () => {
    const store = await openStore(await engineOf(makeEngine));
    expect(await store.update('ann', () => undefined)).toEqual([]);
    expect(await store.get('ann')).toEqual([]);
    await store.update('ann', () => [bindingAt('a')]);
    expect(await store.update('ann', () => undefined)).toEqual([bindingAt('a')]);
    expect(await store.get('ann')).toEqual([bindingAt('a')]);
  });

  it('stay as they are when the change throws, and the caller hears of it', async () => {
    const store = await openStore(await engineOf(makeEngine));
    await store.update('ann', () => [bindingAt('a')]);
    const change = (): never => {
      throw new Error('no change');
    };
    await expect(store.update('ann', change)).rejects.toThrow('no change');
    expect(await store.get('ann')).toEqual([bindingAt('a')]);
  });

  it('keep ids with any character', async () => {
    const store = await openStore(await engineOf(makeEngine));
    const odd = ['1', 'a|b', 'a,b', 'a"b', "a'b", 'a\\b', 'a b', '用户 😀', ''].map((id) =>
      bindingAt('a', id),
    );
    await store.update('ann', () => odd);
    expect(await store.get('ann')).toEqual(odd);
  });
}

function keyContract(makeEngine: MakeEngine): void {
  it('are read for many users at once, in the order of the uids', async () => {
    const engine = await engineOf(makeEngine);
    const [store, other] = [await openStore(engine), await openStore(engine)];
    const uids = Array.from({ length: 1_200 }, (_, at) => `user-${at}`);
    await Promise.all(uids.slice(0, 600).map((uid) => store.update(uid, () => [bindingAt('a', uid)])));
    const held = await other.getMany(uids.toReversed());
    const wanted = uids.map((uid, at) => (at < 600 ? [bindingAt('a', uid)] : []));
    expect(held).toEqual(wanted.toReversed());
    expect(await other.getMany(['user-1', 'none', 'user-1'])).toEqual([wanted[1], [], wanted[1]]);
    expect(await other.getMany([])).toEqual([]);
  });

  it('belong to one user each, however odd the uid', async () => {
    const engine = await engineOf(makeEngine);
    const [store, other] = [await openStore(engine), await openStore(engine)];
    for (const [at, uid] of ODD_UIDS.entries()) {
      expect(await store.update(uid, () => [bindingAt('a', String(at))])).toEqual([]);
    }
    const wanted = ODD_UIDS.map((_, at) => [bindingAt('a', String(at))]);
    expect(await other.getMany(ODD_UIDS)).toEqual(wanted);
    for (const [at, uid] of ODD_UIDS.entries()) expect(await other.get(uid)).toEqual(wanted[at]);
    for (const uid of ODD_UIDS) await other.update(uid, () => []);
    expect(await store.getMany(ODD_UIDS)).toEqual(ODD_UIDS.map(() => []));
  });

  it('are those of one namespace', async () => {
    const engine = await engineOf(makeEngine);
    const namespaces = ['game', 'game-2', 'Game', 'ga', 'b'];
    for (const [at, namespace] of namespaces.entries()) {
      const store = await openStore(engine, namespace);
      for (const uid of ['ann', 'b:ann', 'me'])
        expect(await store.update(uid, () => [bindingAt('a', String(at))])).toEqual([]);
    }
    for (const [at, namespace] of namespaces.entries())
      expect(await (await openStore(engine, namespace)).get('ann')).toEqual([bindingAt('a', String(at))]);
  });

  it('outlive the store that wrote them; it can be closed more than once and leaves nothing open', async () => {
    const engine = await engineOf(makeEngine);
    const other = await openStore(engine);
    const resourcesAreFreed = watchResources();
    const store = await openStore(engine);
    await store.update('ann', () => [bindingAt('a')]);
    await Promise.all([store.close(), store.close()]);
    await store.close();
    await engine.driver().createBindings().close();
    await resourcesAreFreed();
    expect(await other.get('ann')).toEqual([bindingAt('a')]);
  });
}
