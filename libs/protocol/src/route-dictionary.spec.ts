import { createHash } from 'node:crypto';
import { readVectors } from '../../../test/support/vectors.js';
import { RouteDictionary } from './route-dictionary.js';

interface PomeloVector {
  readonly routes: readonly string[];
  readonly userDictionary: readonly string[];
  readonly dict: Readonly<Record<string, number>>;
  readonly abbrs: Readonly<Record<string, string>>;
  readonly dictVersion: string;
}

interface GoVector {
  readonly test: string;
  readonly sets: readonly Readonly<Record<string, number>>[];
  readonly expect: { readonly routes: Readonly<Record<string, number>> };
}

const pomelo = readVectors('pomelo') as {
  dictionary: PomeloVector[];
  live: { dictionary: { dict: Record<string, number>; dictVersion: string } };
};
const pitaya = (readVectors('pitaya') as { dictionary: GoVector[] }).dictionary;

function md5Base64(text: string): string {
  return createHash('md5').update(text).digest('base64');
}

describe('RouteDictionary.build', () => {
  it('is tested with every recorded dictionary', () => {
    expect([pomelo.dictionary.length, pitaya.length]).toEqual([5, 4]);
  });

  it.each(pomelo.dictionary)(
    'gives the codes and the version of Pomelo for $routes and $userDictionary',
    (vector) => {
      const dictionary = RouteDictionary.build(vector.routes, vector.userDictionary);
      expect(JSON.stringify(dictionary.routeToCode)).toBe(JSON.stringify(vector.dict));
      expect(JSON.stringify(dictionary.codeToRoute)).toBe(JSON.stringify(vector.abbrs));
      expect(dictionary.version(md5Base64)).toBe(vector.dictVersion);
      expect(dictionary.size).toBe(Object.keys(vector.dict).length);
      for (const [route, code] of Object.entries(vector.dict)) expect(dictionary.codeOf(route)).toBe(code);
      for (const [code, route] of Object.entries(vector.abbrs))
        expect(dictionary.routeOf(Number(code))).toBe(route);
    },
  );

  it('gives what a running Pomelo server sent for its handlers', () => {
    const { dict, dictVersion } = pomelo.live.dictionary;
    const routes = Object.keys(dict);
    const dictionary = RouteDictionary.build(
      routes.filter((route) => route.includes('.')).toReversed(),
      routes.filter((route) => !route.includes('.')),
    );
    expect(JSON.stringify(dictionary.routeToCode)).toBe(JSON.stringify(dict));
    expect(dictionary.version(md5Base64)).toBe(dictVersion);
  });

  it('knows nothing that was not put in, whatever it is called', () => {
    const dictionary = RouteDictionary.build(['a.b.c']);
    const names = ['__proto__', 'constructor', 'toString', 'a.b', ''];
    expect(names.map((name) => dictionary.codeOf(name))).toEqual(names.map(() => undefined));
    expect(names.map((name) => dictionary.routeToCode[name])).toEqual(names.map(() => undefined));
    expect(
      [-1, 0, 2, 0.5, 65_535, Number.NaN].map((code) => dictionary.routeOf(code)).filter(Boolean),
    ).toEqual([]);
  });

  it('gives a route that two modules declare one code', () => {
    expect(RouteDictionary.build(['b', 'a', 'b'], ['c']).routeToCode).toEqual({ a: 1, b: 2, c: 3 });
  });

  it('can be given to anyone, because nobody can write to it', () => {
    const { routeToCode } = RouteDictionary.build(['a']);
    expect(() => Object.assign(routeToCode, { b: 2 })).toThrow(TypeError);
  });

  it('refuses more codes than two bytes can tell apart', () => {
    const routes = Array.from({ length: 65_535 }, (_, index) => `r${index}`);
    expect(RouteDictionary.build(routes).size).toBe(65_535);
    expect(() => RouteDictionary.build(routes, ['x'])).toThrow(
      expect.objectContaining({ code: 'DICTIONARY_FULL' }),
    );
  });

  it('refuses a route that could not be sent in full', () => {
    expect(() => RouteDictionary.build([], ['é'.repeat(128)])).toThrow(
      expect.objectContaining({ code: 'ROUTE_TOO_LONG' }),
    );
  });
});

describe('RouteDictionary.fromRouteToCode', () => {
  // pitaya adds map by map and refuses a code that is taken; a handshake brings one map, in which a route has one code.
  it.each(pitaya)('keeps the routes that $test keeps', ({ sets, expect: expected }) => {
    // The first of two maps that name one route wins there, hence the order.
    const map: Record<string, number> = Object.assign({}, ...sets.toReversed());
    const ordered = Object.fromEntries(
      sets.flatMap((set) => Object.keys(set)).map((route) => [route, map[route] ?? 0]),
    );
    expect({ ...RouteDictionary.fromRouteToCode(ordered).routeToCode }).toEqual(expected.routes);
  });

  it('leaves out codes that are none', () => {
    const map = JSON.parse(
      '{"a":1,"b":1.5,"c":-1,"d":65536,"e":"7","f":null,"g":65535,"__proto__":3}',
    ) as Record<string, number>;
    const dictionary = RouteDictionary.fromRouteToCode(map);
    expect(Object.entries(dictionary.routeToCode)).toEqual([
      ['a', 1],
      ['g', 65_535],
      ['__proto__', 3],
    ]);
    expect(dictionary.routeOf(65_535)).toBe('g');
    expect(dictionary.routeOf(3)).toBe('__proto__');
  });
});
