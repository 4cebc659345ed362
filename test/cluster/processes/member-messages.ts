import type { MemberApi, MemberStarted } from './member-settings.js';

/** A question, and the number of its answer. */
export interface Question {
  readonly number: number;
  readonly question: keyof MemberApi;
  readonly args: readonly unknown[];
}

/** What the parent of a server says to it. */
export type ToMember = { readonly kind: 'start' } | ({ readonly kind: 'ask' } & Question);

/** What a server says to its parent. */
export type FromMember =
  /** Its program is loaded, and waits for the word. */
  | { readonly kind: 'loaded' }
  | { readonly kind: 'started'; readonly started: MemberStarted }
  | { readonly kind: 'answer'; readonly number: number; readonly answer: unknown };
