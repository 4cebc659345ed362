export type { SessionData } from 'nestjs-pomelo';

declare module 'nestjs-pomelo' {
  interface SessionData {
    /** The room that the user is in. */
    rid: string;
  }
}
