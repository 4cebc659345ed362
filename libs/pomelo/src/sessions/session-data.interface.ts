/**
 * What the sessions of an application hold. Declare your keys once and `session.get` and `session.set` know their types.
 *
 * @example
 * declare module 'nestjs-pomelo' {
 *   interface SessionData { room: string; level: number }
 * }
 */
export interface SessionData {
  [key: string]: unknown;
}
