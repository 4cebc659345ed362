import { colyseusDialect } from './colyseus.js';
import type { Dialect, DialectSettings } from './dialect.js';
import { mydogDialect } from './mydog.js';
import { nestDialect, plainDialect } from './plain.js';
import { pomeloDialect } from './pomelo.js';
import { socketIoDialect } from './socket-io.js';

const DIALECTS = {
  plain: plainDialect,
  pomelo: pomeloDialect,
  nest: nestDialect,
  socketIo: socketIoDialect,
  mydog: mydogDialect,
  colyseus: colyseusDialect,
};

/** A protocol that the load generator speaks. */
export type Protocol = keyof typeof DIALECTS;

/** How its clients speak. */
export function dialectOf(protocol: Protocol, settings: DialectSettings): Dialect {
  return DIALECTS[protocol](settings);
}
