import type { ConnectionOptions } from 'node:tls';
import { certificate, clientCertificate, tlsPath, tlsText } from '../support/tls-files.js';
import { attackedServer } from './support/row.js';
import { isAnswered } from './support/turned-away.js';

const TLS = { label: 'tls' };
const ca = tlsText('authority.crt');

describe('a TLS handshake', () => {
  const { row } = attackedServer({ limits: { handshakeMs: 600 } });

  for (const [variant, options] of [
    ['TLS 1.1', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
    ['CBC and SHA-1', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' }],
    ['no forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }],
    ['no authentication', { maxVersion: 'TLSv1.2', ciphers: 'AECDH-AES128-SHA:@SECLEVEL=0' }],
  ] satisfies readonly (readonly [string, ConnectionOptions])[]) {
    row(24, { ...TLS, variant }, async ({ server }) => {
      expect(await isAnswered(server.port, { ca, ...options })).toBe(false);
    });
  }

  row(26, TLS, async ({ connect }) => {
    const client = await connect();
    client.raw(Buffer.from('1603010100', 'hex'));
    expect(await client.rest()).toEqual([]);
    expect(client.receivedBytes).toBe(0);
  });
});

describe('the certificate of a client', () => {
  const { row } = attackedServer({
    hybrid: {
      tls: { ...certificate('server'), clientAuthority: tlsPath('authority.crt'), allowPlain: true },
    },
  });

  for (const [variant, options] of [
    ['expired', clientCertificate('expired')],
    ['of a stranger', clientCertificate('foreign')],
    ['none', {}],
  ] as const) {
    row(25, { ...TLS, variant }, async ({ server }) => {
      expect(await isAnswered(server.port, { ca, ...options })).toBe(false);
      expect(await isAnswered(server.port, { ca, ...clientCertificate('client') })).toBe(true);
    });
  }
});
