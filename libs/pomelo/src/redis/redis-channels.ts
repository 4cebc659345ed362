/**
 * The channels of a cluster. Each is subscribed by its exact name, which costs Redis one look, however many there are;
 * patterns would be compared with every message. So the sender is named in the message, see `envelope.ts`.
 */
export class RedisChannels {
  /** Announcements of all servers. */
  readonly announcements: string;
  /** Who asks who is there. */
  readonly hello: string;

  constructor(private readonly namespace: string) {
    this.announcements = `pf.${namespace}.hb`;
    this.hello = `pf.${namespace}.hello`;
  }

  /** Batches to a server. */
  inbox(id: string): string {
    return `pf.${this.namespace}.s.${id}`;
  }

  /** Batches to all servers that host a type. */
  type(name: string): string {
    return `pf.${this.namespace}.t.${name}`;
  }

  /** Answers to a server that asked who is there. */
  answers(id: string, inc: string): string {
    return `pf.${this.namespace}.a.${id}.${inc}`;
  }
}
