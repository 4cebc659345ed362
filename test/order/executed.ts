/** A server, and what it executed, in its order. */
export interface Executed {
  readonly id: string;
  executed(): readonly string[];
}

/** What is wrong with what was executed: all of it, once, in the order in which each sender sent it, is right. */
export function disorderIn(
  servers: readonly Executed[],
  senders: readonly { readonly name: string; readonly sent: number }[],
): string[] {
  const last = new Map<string, number>();
  const failures: string[] = [];
  for (const server of servers) {
    for (const key of server.executed()) {
      const space = key.lastIndexOf(' ');
      const [name, number] = [key.slice(0, space), Number(key.slice(space + 1))];
      const before = last.get(name) ?? 0;
      if (number !== before + 1) failures.push(`${server.id} executed ${name} ${number} after ${before}`);
      last.set(name, number);
    }
  }
  const cut = senders.filter(({ name, sent }) => (last.get(name) ?? 0) !== sent);
  return [...failures, ...cut.map(({ name, sent }) => `${name} sent ${sent}, and not all were executed`)];
}
