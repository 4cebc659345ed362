/** Opens a session of the called frontend for a client of the calling one. */
export const OPEN = '$resume.open';
/** From the frontend of the client to that of the session. */
export const UP = '$resume.up';
/** From the frontend of the session to that of the client. */
export const DOWN = '$resume.down';
/** Every relay to the called frontend, with the number of the last word that went up. */
export const AUDIT_UP = '$resume.auditUp';
/** Every relay from the called frontend, with the number of the last word that went down. */
export const AUDIT_DOWN = '$resume.auditDown';

/** What goes up; `data` is a message or the last part of one, `received` a count, `gone` a reason. */
export type UpWord = 'attach' | 'part' | 'data' | 'received' | 'leave' | 'gone';

/** What goes down; `data` is a message or the last part of one, `close` a reason. */
export type DownWord = 'part' | 'data' | 'close' | 'abandon' | 'pause' | 'resume';

/** What travels with a word. */
export type Cargo = Uint8Array | string | number | undefined;

/** The number of no word: whoever hears it knows that something is missing. */
export const NO_NUMBER = 0;

/** The words of a relay, numbered in both directions: a gap ends it, and the client comes back for what is missing. */
export class NumberedWords {
  private sent = 0;
  private heard = 0;

  /** Number of the last word that was sent. */
  get lastSent(): number {
    return this.sent;
  }

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

  /** The other side has sent so many, and no more than these have come. */
  isComplete(sent: number): boolean {
    return sent === this.heard;
  }
}
