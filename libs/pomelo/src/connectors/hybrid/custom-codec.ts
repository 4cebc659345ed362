import { checkOptional } from '../../options/option-checks.js';
import { withinTime } from '../../timing/within-time.js';
import type { ClientMessage, ClientSocket } from '../connector.interface.js';

/** Parts of the message layer that the application replaces. A promise has `limits.requestMs` to settle; order holds. */
export interface CustomCodec {
  /** Reads a message, without the head of its package; `undefined` drops it. What it throws closes the connection. */
  readonly decode?: (
    client: ClientSocket,
    message: Buffer,
  ) => ClientMessage | undefined | Promise<ClientMessage | undefined>;
  /** Writes an answer (`id` given) or a push, without the head of its package; `undefined` sends nothing. What it throws becomes an error for who asked. */
  readonly encode?: (
    client: ClientSocket,
    id: number | undefined,
    route: string,
    body: unknown,
  ) => Buffer | undefined | Promise<Buffer | undefined>;
}

/** Names of {@link CustomCodec}. */
export const CUSTOM_CODEC_OPTIONS = ['encode', 'decode'] as const;

/** Checks the options. Throws `OPTION_INVALID`. */
export function checkCustomCodec(options: CustomCodec): void {
  for (const name of CUSTOM_CODEC_OPTIONS) checkOptional(`hybrid.${name}`, options[name], 'function');
}

/** Rejects when the promise has not settled in time. */
export function inTime<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  return withinTime(promise, ms, () => new Error(`${what} took more than ${ms} ms`));
}
