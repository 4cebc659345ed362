/** What all talkers together saw. */
export class TalkRecord {
  /** Messages to back ends that may overtake each other's answers, notifies among them. */
  messages = 0;
  /** Answers to messages whose order is that of the session. */
  ordered = 0;
  /** Answers of serial handlers. */
  serial = 0;
  pushes = 0;
  /** What must not happen, and did. */
  readonly failures = new Set<string>();

  fail(what: string): void {
    this.failures.add(what);
  }

  /** The kinds of which nothing was seen: nothing is known of their order. */
  silence(): string[] {
    const counts = {
      messages: this.messages,
      ordered: this.ordered,
      serial: this.serial,
      pushes: this.pushes,
    };
    return Object.entries(counts).flatMap(([kind, count]) => (count === 0 ? [`there were no ${kind}`] : []));
  }

  /** The line of figures. */
  describe(clients: number, seconds: number): string {
    const { messages, ordered, serial, pushes } = this;
    return [
      `${clients} clients, ${seconds.toFixed(0)} s`,
      `${messages} messages forwarded`,
      `${ordered} answered in the order of the session`,
      `${serial} in serial handlers`,
      `${pushes} pushes`,
    ].join('  ');
  }
}
