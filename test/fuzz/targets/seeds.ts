import { readFileSync } from 'node:fs';

const vectors = ['pomelo', 'pitaya'].map((name): unknown =>
  JSON.parse(readFileSync(new URL(`../../../test/vectors/${name}.json`, import.meta.url), 'utf8')),
);

/** Every string in the sections of that name, and in everything below them. */
function stringsIn(sections: readonly string[]): string[] {
  const found: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === 'string') found.push(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  for (const file of vectors) {
    for (const section of sections) collect(sectionOf(file, section));
  }
  return found;
}

/** A section by its path, such as `live.handshake`. */
function sectionOf(file: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  }, file);
}

const LONGEST_SEED = 1024;

function isHex(text: string): boolean {
  return text.length % 2 === 0 && /^[0-9a-f]+$/.test(text);
}

/** Every hex string of these sections of the recorded vectors, as bytes. */
export function hexSeeds(...sections: readonly string[]): Uint8Array[] {
  return stringsIn(sections)
    .filter((text) => isHex(text) && text.length <= LONGEST_SEED * 2)
    .map((text) => Uint8Array.from(Buffer.from(text, 'hex')));
}

/** Every string of these sections that is JSON text, as bytes. */
export function jsonSeeds(...sections: readonly string[]): Uint8Array[] {
  return stringsIn(sections)
    .filter((text) => /^[[{]/.test(text) && text.length <= LONGEST_SEED)
    .map((text) => Uint8Array.from(Buffer.from(text)));
}
