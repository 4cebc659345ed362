import { createHash } from 'node:crypto';

/**
 * The policy of the page: its own files, the import map (which can only be inline, so its hash is named), and WebSockets,
 * which go wherever the gate sends them.
 */
export function contentSecurityPolicy(html: string): string {
  const importMap = /<script type="importmap">([^]*?)<\/script>/.exec(html)?.[1] ?? '';
  const hash = createHash('sha256').update(importMap).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self' ws: wss:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
