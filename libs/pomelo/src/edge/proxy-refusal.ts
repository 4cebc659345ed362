/** Why bytes are not a head of the PROXY protocol that is accepted. */
export type ProxyRefusalReason =
  | 'bad_signature'
  | 'bad_line'
  | 'bad_version'
  | 'bad_command'
  | 'bad_family'
  | 'bad_length'
  | 'bad_address'
  | 'bad_port';

/** What reading returns in place of a head that it refuses. One object per reason, so that garbage costs nothing. */
export class ProxyRefusal {
  /** The first bytes are those of neither version. */
  static readonly BadSignature = new ProxyRefusal('bad_signature');
  /** Version 1: not the six words of TCP over IPv4 or IPv6, nor UNKNOWN, or no end within 107 bytes. */
  static readonly BadLine = new ProxyRefusal('bad_line');
  /** Behind the signature of version 2 stands another version. */
  static readonly BadVersion = new ProxyRefusal('bad_version');
  /** Version 2: neither LOCAL nor PROXY. */
  static readonly BadCommand = new ProxyRefusal('bad_command');
  /** Version 2: not a stream over IPv4, IPv6 or a Unix socket, and not unspecified. */
  static readonly BadFamily = new ProxyRefusal('bad_family');
  /** Version 2: shorter than the addresses of its family, or longer than any head that is accepted. */
  static readonly BadLength = new ProxyRefusal('bad_length');
  /** Version 1: not an address of the family that the line names. */
  static readonly BadAddress = new ProxyRefusal('bad_address');
  /** Version 1: not a decimal number from 0 to 65535 without leading zeros. */
  static readonly BadPort = new ProxyRefusal('bad_port');

  private constructor(readonly reason: ProxyRefusalReason) {}
}
