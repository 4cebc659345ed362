import { SERVER_KEYS, kindOf, type ServerKey } from '../servers/catalog.js';

const APPS = { ourApp: 'ours, TCP and WebSocket', nestApp: 'Nest context' } as const;

/** Programs that start and do nothing more. */
export type AppKey = keyof typeof APPS;

/** A row of a table. */
export type RowKey = ServerKey | AppKey;

/** All of them, in the order of the tables. */
export const ROW_KEYS: readonly RowKey[] = [...SERVER_KEYS, 'ourApp', 'nestApp'];

/** Its name in the tables. */
export function rowName(row: RowKey): string {
  return isApp(row) ? APPS[row] : kindOf(row).name;
}

/** The server of a row that has one. */
export function serverOf(row: RowKey): ServerKey {
  if (isApp(row)) throw new Error(`${row} is no server.`);
  return row;
}

/** It is installed only for `bench:peers`. */
export function isPeer(row: RowKey): boolean {
  return !isApp(row) && kindOf(row).isPeer === true;
}

function isApp(row: RowKey): row is AppKey {
  return row in APPS;
}
