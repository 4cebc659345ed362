import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Path of a file among the certificates of the tests. */
export function tlsPath(name: string): string {
  return fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
}

/** Its text. */
export function tlsText(name: string): string {
  return readFileSync(tlsPath(name), 'utf8');
}

/** A certificate of the tests with its key, as paths. */
export function certificate(name: string): { readonly cert: string; readonly key: string } {
  return { cert: tlsPath(`${name}.crt`), key: tlsPath(`${name}.key`) };
}

/** The same as texts, for clients. */
export function clientCertificate(name: string): { readonly cert: string; readonly key: string } {
  return { cert: tlsText(`${name}.crt`), key: tlsText(`${name}.key`) };
}
