import { refuseOption } from '../options/option-checks.js';

/** Options under their names in Pomelo, and what to write instead of each. */
export type FormerNames = Readonly<Record<string, string>>;

/** Those of Pomelo's connectorConfig that mean the same for each of its connectors. */
export const COMMON_FORMER_NAMES: FormerNames = {
  setNoDelay: 'Write noDelay.',
  distinctHost: 'Write host.',
  ssl: 'Write tls: { cert, key }.',
  key: 'Write tls: { cert, key }.',
  cert: 'Write tls: { cert, key }.',
  useHostFilter: 'A blacklist is in use when it is given.',
  blacklistFun: 'Write blacklist: it may be that function.',
  handshake: 'Write @OnHandshake() on a method of a provider.',
  firstTimeout: 'Write limits: { handshakeMs } in the options of the module.',
};

/** Refuses an option under its name in Pomelo, with what took its place. Throws `OPTION_INVALID`; `prefix` is for example `hybrid.`. */
export function refuseFormerNames(options: object, names: FormerNames, prefix: string): void {
  for (const [name, value] of Object.entries(options)) {
    const remedy = Object.hasOwn(names, name) ? names[name] : undefined;
    if (remedy !== undefined) refuseOption(prefix + name, value, 'absent: it is an option of Pomelo', remedy);
  }
}
