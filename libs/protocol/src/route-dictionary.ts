import { ProtocolError } from './errors.js';
import { MAX_ROUTE_BYTES, MAX_ROUTE_CODE } from './route.js';
import { utf8ByteLength } from './text.js';

type CodeByRoute = Record<string, number>;
type RouteByCode = Record<string, string>;

/**
 * Routes and the two-byte codes that stand for them on the wire. Both maps are in the form in which a handshake carries
 * them: no prototype, so that no route is found that was not put there, and frozen.
 */
export class RouteDictionary {
  readonly routeToCode: Readonly<CodeByRoute>;
  readonly codeToRoute: Readonly<RouteByCode>;
  /** How many routes have a code. */
  readonly size: number;
  readonly #codes: ReadonlyMap<string, number>;
  /** No array: the one code of a hostile server would cost as much as 65 535 of them. */
  readonly #routes: ReadonlyMap<number, string>;

  private constructor(entries: readonly (readonly [route: string, code: number])[]) {
    this.#codes = new Map(entries);
    this.#routes = new Map(entries.map(([route, code]) => [code, route]));
    this.routeToCode = recordOf<number>(this.#codes);
    this.codeToRoute = recordOf<string>(entries.map(([route, code]) => [String(code), route]));
    this.size = this.#codes.size;
  }

  /**
   * The dictionary of a server, by the rule of Pomelo 2.2.7: handler routes in UTF-16 order from code 1, then the extra
   * ones as they come. An extra route that has a code already gets another one, and the old code still means it.
   * @throws ProtocolError ROUTE_TOO_LONG, DICTIONARY_FULL.
   */
  static build(handlerRoutes: Iterable<string>, extras: readonly string[] = []): RouteDictionary {
    // The default order of sort() is that of UTF-16 code units, which is what the versions of clients are made of.
    const routes = [...[...new Set(handlerRoutes)].toSorted(), ...extras];
    if (routes.length > MAX_ROUTE_CODE) throw new ProtocolError('DICTIONARY_FULL', { codes: routes.length });
    for (const route of routes) checkRoute(route);
    return new RouteDictionary(routes.map((route, index) => [route, index + 1] as const));
  }

  /**
   * The dictionary that a client was sent. Codes that do not fit into two bytes are left out, and so is a route whose
   * code another one has already.
   */
  static fromRouteToCode(map: Readonly<Record<string, number>>): RouteDictionary {
    const taken = new Set<number>();
    const entries = Object.entries(map).filter(([, code]) => {
      const free = Number.isInteger(code) && code >= 0 && code <= MAX_ROUTE_CODE && !taken.has(code);
      if (free) taken.add(code);
      return free;
    });
    return new RouteDictionary(entries);
  }

  /** The code of a route, undefined when it has none. */
  codeOf(route: string): number | undefined {
    return this.#codes.get(route);
  }

  /** The route that a code from 0 to 65535 stands for, undefined when it stands for none. */
  routeOf(code: number): string | undefined {
    return this.#routes.get(code);
  }

  /**
   * What clients compare to see whether their copy is still good: base64 of the MD5 of the JSON text of `routeToCode`
   * (Pomelo 2.2.7). The hash is the caller's, because browsers have none.
   */
  version(md5Base64: (text: string) => string): string {
    return md5Base64(JSON.stringify(this.routeToCode));
  }
}

function checkRoute(route: string): void {
  const bytes = utf8ByteLength(route);
  if (bytes > MAX_ROUTE_BYTES) throw new ProtocolError('ROUTE_TOO_LONG', { route, bytes });
}

function recordOf<T>(entries: Iterable<readonly [string, T]>): Readonly<Record<string, T>> {
  const record: Record<string, T> = Object.create(null) as Record<string, T>;
  for (const [key, value] of entries) record[key] = value;
  return Object.freeze(record);
}
