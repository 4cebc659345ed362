import { createHash } from 'node:crypto';

/** The routes of a mydog server: a message names its route by the place in this list. */
export class RouteTable {
  /** How a client says which list it knows: hex md5 of its JSON text. */
  readonly md5: string;
  private readonly cmds: ReadonlyMap<string, number>;

  constructor(readonly routes: readonly string[]) {
    this.md5 = createHash('md5').update(JSON.stringify(routes)).digest('hex');
    this.cmds = new Map(routes.map((route, cmd) => [route, cmd]));
  }

  /** `undefined` beyond the end. */
  routeOf(cmd: number): string | undefined {
    return this.routes[cmd];
  }

  /** `undefined` for a route that is not in the list. */
  cmdOf(route: string): number | undefined {
    return this.cmds.get(route);
  }
}
