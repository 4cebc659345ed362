import { checkArray, checkOptional, refuseOption } from '../options/option-checks.js';
import { Blacklist } from './blacklist.js';
import type { BlacklistFunction } from './blacklist-function.js';
import { OriginPolicy, type OriginOptions } from './origin-policy.js';
import { checkTlsOptions, type TlsOptions } from './tls-options.js';
import { TrustedProxies } from './trusted-proxies.js';

/** What a listener on a public network needs, whatever it speaks. */
export interface EdgeOptions extends OriginOptions {
  /** Certificate and key: everything on this port goes through TLS. Default none. */
  readonly tls?: TlsOptions;
  /** Proxies in front of this server, as addresses, CIDR ranges, `loopback`, `linklocal` or `uniquelocal`: their `X-Forwarded-For` counts, and limits by address are not theirs. Default none. */
  readonly trustedProxies?: readonly string[];
  /** The trusted proxies speak the PROXY protocol, version 1 or 2: a connection of theirs without it is refused. Default false. */
  readonly proxyProtocol?: boolean;
  /** Addresses and CIDR ranges whose connections are reset, or a function that gives them at the start. Default none. */
  readonly blacklist?: readonly string[] | BlacklistFunction;
  /** A blacklist function that fails, or takes more than 2 s, lets everybody in. Default false: it stops the start. */
  readonly blacklistFailOpen?: boolean;
}

/** Names of {@link EdgeOptions}. */
export const EDGE_OPTIONS = [
  'tls',
  'trustedProxies',
  'proxyProtocol',
  'blacklist',
  'blacklistFailOpen',
  'origins',
  'requireOrigin',
];

/** The options, checked and compiled. */
export interface ResolvedEdge {
  readonly tls: TlsOptions | undefined;
  readonly proxies: TrustedProxies;
  readonly proxyProtocol: boolean;
  readonly denied: Blacklist;
  readonly origins: OriginPolicy;
}

/** Checks the options. Throws `OPTION_INVALID`; `prefix` is what the option is called in it, for example `hybrid.`. */
export function resolveEdge(prefix: string, options: EdgeOptions): ResolvedEdge {
  const { tls, trustedProxies, proxyProtocol = false, blacklist, blacklistFailOpen = false } = options;
  checkOptional(`${prefix}proxyProtocol`, proxyProtocol, 'boolean');
  checkOptional(`${prefix}blacklistFailOpen`, blacklistFailOpen, 'boolean');
  checkOptional(`${prefix}requireOrigin`, options.requireOrigin, 'boolean');
  const proxies = checkArray(`${prefix}trustedProxies`, trustedProxies);
  if (proxyProtocol && proxies.length === 0)
    refuseOption(
      `${prefix}proxyProtocol`,
      true,
      'false without trustedProxies',
      'Name the proxies that may speak it, for example trustedProxies: ["10.0.0.0/8"].',
    );
  return {
    tls: checkTlsOptions(`${prefix}tls`, tls),
    proxies: new TrustedProxies(`${prefix}trustedProxies`, proxies),
    proxyProtocol,
    denied: new Blacklist(`${prefix}blacklist`, blacklist, blacklistFailOpen),
    origins: new OriginPolicy(prefix, options, process.env['NODE_ENV'] === 'production'),
  };
}
