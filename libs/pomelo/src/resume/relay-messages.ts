/** Opens a session of the called frontend for a client of the calling one. */
export const OPEN = '$resume.open';
/** From the frontend of the client to that of the session. */
export const UP = '$resume.up';
/** From the frontend of the session to that of the client. */
export const DOWN = '$resume.down';

/** What goes up; `data` is a message, `received` a count, `gone` a reason. */
export type UpWord = 'attach' | 'data' | 'received' | 'leave' | 'gone';

/** What goes down; `data` is a message, `close` a reason. */
export type DownWord = 'data' | 'close' | 'abandon' | 'pause' | 'resume';

/** What travels with a word. */
export type Cargo = Uint8Array | string | number | undefined;

/** Sends the words of one direction of a relay, numbered: a gap ends the relay, and the client fetches what is missing. */
export class NumberedWords {
  private sent = 0;
  private heard = 0;

  /** The number of the next word to send. */
  next(): number {
    this.sent += 1;
    return this.sent;
  }

  /** A word came; false when another one before it did not. */
  isNext(number: number): boolean {
    this.heard += 1;
    return number === this.heard;
  }
}
