declare module 'js-yaml' {
  /** Reads one document. */
  export function load(text: string): unknown;
  /** Reads documents that are separated by `---`. */
  export function loadAll(text: string): unknown[];
}
