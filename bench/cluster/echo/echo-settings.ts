import { readSettings } from '../../process/serve-parent.js';

/** What the programs of an engine are told. */
export interface EchoSettings {
  /** Of NATS; for a client, what its server said. */
  readonly address: string;
  /** Keeps the engines apart that share a NATS. */
  readonly engine: string;
}

/** For those programs. */
export function echoSettings(): EchoSettings {
  return readSettings() as EchoSettings;
}
