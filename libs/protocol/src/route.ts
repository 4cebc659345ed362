/** The longest route on the wire, in bytes of UTF-8: its length is one byte. */
export const MAX_ROUTE_BYTES = 255;
/** The greatest dictionary code on the wire: a code is two bytes. */
export const MAX_ROUTE_CODE = 0xffff;

/** A route taken apart: `serverType.handler.method`. */
export interface Route {
  readonly serverType: string;
  readonly handler: string;
  readonly method: string;
  /** The route as it was written. */
  readonly text: string;
}

/** Takes a route apart; undefined unless it is exactly three parts that are not empty. */
export function parseRoute(text: string): Route | undefined {
  const first = text.indexOf('.');
  const second = text.indexOf('.', first + 1);
  const last = text.length - 1;
  if (first <= 0 || second <= first + 1 || second === last || text.includes('.', second + 1))
    return undefined;
  return {
    serverType: text.slice(0, first),
    handler: text.slice(first + 1, second),
    method: text.slice(second + 1),
    text,
  };
}
