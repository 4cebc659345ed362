import {
  checkInteger,
  checkOptional,
  checkRecord,
  refuseOption,
  refuseUnknown,
} from '../options/option-checks.js';
import { LONGEST_TIMER_MS } from '../timing/longest-timer.js';

/** A certificate with its key: PEM texts, or paths of files that hold them. */
export interface CertificateOptions {
  /** The certificate, and those between it and the authority. */
  readonly cert: string;
  readonly key: string;
  /** Of the key, when it is encrypted. */
  readonly passphrase?: string;
}

/** TLS for everything that the port speaks: TCP, WebSocket and HTTP. */
export interface TlsOptions extends CertificateOptions {
  /** Certificates of other host names, exact or as `*.game.example`, chosen by the name that the client asks for. */
  readonly hosts?: Readonly<Record<string, CertificateOptions>>;
  /** Default `TLSv1.2`. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Suites of TLS 1.2, as OpenSSL names them. Default: those with forward secrecy and authenticated encryption. */
  readonly ciphers?: string;
  /** Authority of the certificates of clients, PEM text or path: clients must show one. The name in it is `session.certificateName`. */
  readonly clientAuthority?: string;
  /** With `clientAuthority`: clients without a certificate are served too, without a name. Default false. */
  readonly clientCertificateOptional?: boolean;
  /** Serves clients without TLS too, on the same port. Default false. */
  readonly allowPlain?: boolean;
  /** Milliseconds between looks at the files, which are read again when they have changed; false never. Default 10000. */
  readonly watch?: number | false;
}

const CERTIFICATE = ['cert', 'key', 'passphrase'];
const KNOWN = [
  ...CERTIFICATE,
  'hosts',
  'minVersion',
  'ciphers',
  'clientAuthority',
  'clientCertificateOptional',
  'allowPlain',
  'watch',
];

/** Checks the options. Throws `OPTION_INVALID`, which names `option`. */
export function checkTlsOptions(option: string, given: TlsOptions | undefined): TlsOptions | undefined {
  if (given === undefined) return undefined;
  refuseUnknown(checkRecord(option, given), KNOWN, `${option}.`);
  checkCertificate(option, given);
  checkRecord(`${option}.hosts`, given.hosts);
  for (const [host, certificate] of Object.entries(given.hosts ?? {})) {
    refuseUnknown(checkRecord(`${option}.hosts`, certificate), CERTIFICATE, `${option}.hosts.`);
    checkCertificate(`${option}.hosts[${JSON.stringify(host)}]`, certificate);
  }
  const { minVersion, watch } = given;
  if (minVersion !== undefined && minVersion !== 'TLSv1.2' && minVersion !== 'TLSv1.3')
    refuseOption(`${option}.minVersion`, minVersion, '"TLSv1.2" or "TLSv1.3"', 'Leave it out for "TLSv1.2".');
  for (const name of ['ciphers', 'clientAuthority'] as const)
    checkOptional(`${option}.${name}`, given[name], 'string');
  for (const name of ['clientCertificateOptional', 'allowPlain'] as const)
    checkOptional(`${option}.${name}`, given[name], 'boolean');
  if (watch !== undefined && watch !== false) checkInteger(`${option}.watch`, watch, 1, LONGEST_TIMER_MS);
  return given;
}

function checkCertificate(option: string, { cert, key, passphrase }: CertificateOptions): void {
  for (const [name, value] of Object.entries({ cert, key })) {
    if (typeof value !== 'string' || value === '')
      refuseOption(`${option}.${name}`, value, 'PEM text or the path of a file', 'For example "server.crt".');
  }
  checkOptional(`${option}.passphrase`, passphrase, 'string');
}
