import { Packr } from 'msgpackr';
import type { ServerInfo } from './server-info.interface.js';

/** Servers whose number differs do not understand each other. */
export const PROTOCOL_VERSION = 1;

const codec = new Packr({ useRecords: false });

/** What servers tell all others about themselves. */
export interface AnnouncedServer {
  /** Version of the words between servers. */
  readonly version: number;
  /** `undefined` when the server leaves. */
  readonly info: ServerInfo | undefined;
  /** Monotonic time since the start of the server, in ms. */
  readonly uptimeMs: number;
}

/** Encodes an announcement. */
export function encodeAnnouncement(info: ServerInfo | undefined, uptimeMs: number): Uint8Array {
  return codec.pack([PROTOCOL_VERSION, Math.round(uptimeMs), info ?? null]);
}

/** Decodes an announcement; `undefined` when it is none. Of another version nothing but that is known. */
export function decodeAnnouncement(bytes: Uint8Array): AnnouncedServer | undefined {
  try {
    const announced: unknown = codec.unpack(bytes);
    if (!Array.isArray(announced)) return undefined;
    const [version, uptimeMs, info] = announced as unknown[];
    if (typeof version !== 'number') return undefined;
    if (version !== PROTOCOL_VERSION) return { version, info: undefined, uptimeMs: 0 };
    if (typeof uptimeMs !== 'number') return undefined;
    if (info === null) return { version, info: undefined, uptimeMs };
    return isServerInfo(info) ? { version, info, uptimeMs } : undefined;
  } catch {
    return undefined;
  }
}

function isServerInfo(value: unknown): value is ServerInfo {
  if (typeof value !== 'object' || value === null) return false;
  const { id, inc, types, frontend, state, addresses, metadata, load } = value as Partial<ServerInfo>;
  return (
    typeof id === 'string' &&
    typeof inc === 'string' &&
    Array.isArray(types) &&
    types.every((type) => typeof type === 'string') &&
    typeof frontend === 'boolean' &&
    (state === 'up' || state === 'draining') &&
    Array.isArray(addresses) &&
    typeof metadata === 'object' &&
    typeof load === 'object'
  );
}
