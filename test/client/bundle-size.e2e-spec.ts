import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';

const LIMIT_BYTES = 13 * 1024;

const libs = fileURLToPath(new URL('../../libs/', import.meta.url));

async function bundle(): Promise<{ code: Uint8Array; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [`${libs}client/src/browser.ts`],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    alias: { 'nestjs-pomelo-protocol': `${libs}protocol/src/index.ts` },
  });
  return { code: outputFiles[0]?.contents ?? new Uint8Array(0), metafile };
}

describe('the browser bundle, protocol library included', () => {
  it('is under 13 KiB, minified and gzipped', async () => {
    const { code } = await bundle();
    const bytes = gzipSync(code).length;
    const verdict = `${bytes} bytes of ${LIMIT_BYTES}: ${bytes < LIMIT_BYTES ? 'fits' : 'too big'}`;
    expect(verdict).toBe(`${bytes} bytes of ${LIMIT_BYTES}: fits`);
  });

  it('contains nothing of Node and no ws', async () => {
    const { code, metafile } = await bundle();
    expect(Object.keys(metafile.inputs).filter((path) => path.includes('node_modules'))).toEqual([]);
    expect(Buffer.from(code).toString()).not.toMatch(/from\s*["'](?!\.)|import\(/);
  });
});
