import { BlockList, isIP } from 'node:net';
import { refuseOption } from '../options/option-checks.js';
import { plainAddress } from './ip-address.js';

const EXPECTED = 'a list of IP addresses and CIDR ranges';
const REMEDY =
  'For example "10.0.0.0/8". Regular expressions are not taken: one address can keep some of them busy for hours.';

/** IP addresses and ranges, compiled once. */
export class AddressList {
  private readonly list = new BlockList();
  private readonly isEmpty: boolean;

  /** `entries` are addresses or ranges as `10.0.0.0/8`; `option` names them in the `OPTION_INVALID` that a wrong one throws. */
  constructor(option: string, entries: readonly string[]) {
    this.isEmpty = entries.length === 0;
    for (const entry of entries) this.add(option, entry);
  }

  /** The address, or a range around it, is in the list. */
  has(address: string): boolean {
    if (this.isEmpty) return false;
    const plain = plainAddress(address);
    const version = isIP(plain);
    return version !== 0 && this.list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
  }

  private add(option: string, entry: unknown): void {
    const [address = '', bits, ...more] = typeof entry === 'string' ? entry.split('/') : [];
    const version = isIP(address);
    const widest = version === 6 ? 128 : 32;
    const prefix = bits === undefined ? widest : Number(bits);
    const isRange = Number.isInteger(prefix) && prefix >= 0 && prefix <= widest && bits !== '';
    if (version === 0 || !isRange || more.length > 0)
      refuseOption(option, entry instanceof RegExp ? String(entry) : entry, EXPECTED, REMEDY);
    this.list.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
  }
}
