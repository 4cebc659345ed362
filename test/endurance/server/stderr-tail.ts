import type { Readable } from 'node:stream';

const KEPT_CHARACTERS = 4_000;

/** The last of what a process complained of: clients that make mistakes make it complain a lot. */
export class StderrTail {
  text = '';

  constructor(stderr: Readable) {
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.text = (this.text + text).slice(-KEPT_CHARACTERS);
    });
  }
}
