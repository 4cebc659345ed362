import type { MemberApi, MemberStarted } from './member-settings.js';

/** What the parent of a server says to it. */
export type ToMember =
  | { readonly kind: 'start' }
  | {
      readonly kind: 'ask';
      readonly number: number;
      readonly question: keyof MemberApi;
    };

/** What a server says to its parent. */
export type FromMember =
  /** Its program is loaded, and waits for the word. */
  | { readonly kind: 'loaded' }
  | { readonly kind: 'started'; readonly started: MemberStarted }
  | { readonly kind: 'answer'; readonly number: number; readonly answer: unknown };
