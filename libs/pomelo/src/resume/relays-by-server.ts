/** One end of all relays of this server, by the server at the other end and their numbers. */
export class RelaysByServer<End> {
  private readonly servers = new Map<string, Map<number, End>>();

  /** Those with one server. */
  of(server: string): Map<number, End> {
    return this.servers.get(server) ?? new Map<number, End>();
  }

  get(server: string, relay: number): End | undefined {
    return this.servers.get(server)?.get(relay);
  }

  set(server: string, relay: number, end: End): void {
    const relays = this.of(server);
    this.servers.set(server, relays.set(relay, end));
  }

  delete(server: string, relay: number): void {
    const relays = this.servers.get(server);
    relays?.delete(relay);
    if (relays?.size === 0) this.servers.delete(server);
  }

  [Symbol.iterator](): IterableIterator<[server: string, relays: Map<number, End>]> {
    return this.servers.entries();
  }
}
