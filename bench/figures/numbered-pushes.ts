import type { PackageHead } from './package-stream.js';
import { request } from './packages.js';

const ROUTE = 'onBroadcast';
/** All numbers have as many digits. */
const FIRST = 1_000_000;
/** Flags of a push, length of the route, route. */
const BODY_START = 2 + ROUTE.length;
const NUMBER_START = BODY_START + '{"n":'.length;
const NUMBER_END = NUMBER_START + String(FIRST).length;

/** A request to broadcast the push with this number, from 0. */
export function broadcast(number: number, fillerBytes: number): Buffer {
  return request(1, 'connector.entryHandler.bcast', { n: FIRST + number, filler: 'x'.repeat(fillerBytes) });
}

/** Counts the pushes that one reader gets, as long as each is the next one. */
export class NumberedPushes {
  /** Pushes that came in their order, without a gap. */
  inOrder = 0;
  private isBroken = false;

  /** Takes a push; one that is not the next does not count, and none behind it does. */
  take({ start }: PackageHead): void {
    const route = start.toString('latin1', 2, BODY_START);
    const number = Number(start.toString('latin1', NUMBER_START, NUMBER_END));
    this.isBroken ||= route !== ROUTE || number !== FIRST + this.inOrder;
    if (!this.isBroken) this.inOrder += 1;
  }
}
