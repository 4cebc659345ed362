import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from 'proxy-addr';
import { refuseOption } from '../options/option-checks.js';
import { plainAddress } from './ip-address.js';

/** The proxies whose word about the address of a client counts. */
export class TrustedProxies {
  private readonly trust: (address: string, distance: number) => boolean;

  /** Addresses, CIDR ranges, or `loopback`, `linklocal`, `uniquelocal`. Throws `OPTION_INVALID`, which names `option`. */
  constructor(option: string, proxies: readonly string[]) {
    this.trust = compile(option, proxies);
  }

  /** A proxy of ours has this address. */
  trusts(address: string): boolean {
    return isIP(address) !== 0 && this.trust(address, 0);
  }

  /** Who sent a request that came from the connection of `peer`: the last address in `X-Forwarded-For` that is no proxy of ours. */
  clientOf(request: IncomingMessage, peer: string): string {
    const { headers } = request;
    const client = proxyAddr({ headers, socket: { remoteAddress: peer } } as IncomingMessage, this.trust);
    // A proxy of ours wrote it, or passed on what it should not have.
    return isIP(client) === 0 ? peer : plainAddress(client);
  }
}

function compile(option: string, proxies: readonly string[]): (address: string, distance: number) => boolean {
  try {
    return proxyAddr.compile([...proxies]);
  } catch {
    const names = '"loopback", "linklocal" or "uniquelocal"';
    return refuseOption(
      option,
      proxies,
      `a list of IP addresses, CIDR ranges, ${names}`,
      'For example ["10.0.0.0/8"].',
    );
  }
}
