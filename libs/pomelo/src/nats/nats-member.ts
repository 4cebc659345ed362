import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import type { Announcement, FrameSink, OwnPeer } from '../cluster/cluster-driver.interface.js';
import { QuietLog } from '../edge/quiet-log.js';
import type { ConnectionWatch } from './connection-watch.js';
import { HelloRound } from './hello-round.js';
import type { LinkUser } from './nats-link.js';
import { NatsSubjects, senderOfAnnouncement, senderOfBatch } from './nats-subjects.js';
import { contentOf, NOTHING, sealed } from './nats-payload.js';
import { Outgoing } from './outgoing.js';
import { refused, violationIn } from './refused.js';
import type { ResolvedNatsOptions } from './resolve-nats-options.js';

/** Bytes of a message around its subjects and its payload. */
const FRAMING = 16;

/** A server of the cluster on a connection to NATS, and on the next one when that is lost. */
export class NatsMember implements LinkUser {
  private readonly subjects: NatsSubjects;
  private readonly log = new QuietLog();
  private readonly rounds = new Map<number, HelloRound>();
  private questions = 0;
  private payload: number | undefined;
  private announced: Uint8Array | undefined;
  private watch: ConnectionWatch | undefined;
  private outgoing: Outgoing | undefined;
  private isListening = false;
  private inboxes: readonly Subscription[] = [];
  private others: readonly (Subscription | undefined)[] = [];
  private hasLeft = false;

  constructor(
    private readonly options: ResolvedNatsOptions,
    self: OwnPeer,
    private readonly sink: FrameSink,
  ) {
    this.subjects = new NatsSubjects(self);
  }

  /** Largest message that NATS takes, in bytes; `undefined` before it said so. */
  get maxPayload(): number | undefined {
    return this.payload;
  }

  async prepare(watch: ConnectionWatch): Promise<void> {
    const { connection } = watch;
    const { subjects } = this;
    this.watch = watch;
    this.payload = connection.info?.max_payload;
    this.outgoing = new Outgoing(watch, this.options.pressureBytes);
    this.others = [
      this.subscribe(subjects.everyReturn, (msg) => this.returned(msg)),
      this.subscribe(subjects.everyWelcome, (msg) => this.welcomed(msg)),
      this.subscribe(subjects.everyAnnouncement, (msg) => this.heard(msg)),
      this.subscribe(subjects.hello, (msg) => this.greet(msg)),
    ];
    this.inboxes = this.isListening ? this.openInboxes() : [];
    // May this server speak as what it is?
    connection.publish(subjects.inbox(), NOTHING);
    connection.publish(subjects.announcement, NOTHING);
    await watch.settled();
  }

  up(): void {
    if (!this.hasLeft) this.sink.state('up');
  }

  down(): void {
    this.endRounds();
    if (!this.hasLeft) this.sink.state('down');
  }

  trouble(error: Error): void {
    this.log.warn(`NATS complains: ${error.message}`);
  }

  /** Starts or stops receiving batches; what was sent before the stop still arrives. Rejects with `CLUSTER_REFUSED`. */
  async listen(on: boolean): Promise<void> {
    if (this.isListening === on) return;
    this.isListening = on;
    if (on) return this.listenNow();
    const { inboxes } = this;
    this.inboxes = [];
    const drained = Promise.allSettled(inboxes.map((inbox) => inbox.drain()));
    // Of a connection that ends meanwhile nats.js never says that it is drained.
    await Promise.race([drained, this.watch?.ended]);
  }

  /** Sends a batch; false when too much is on its way. */
  send(to: string, batchNo: number, bytes: Uint8Array): boolean {
    return this.publish(this.subjects.inbox(to), bytes, this.subjects.return(to, batchNo));
  }

  /** Sends a batch to all that host a type; false when too much is on its way. */
  multicast(type: string, bytes: Uint8Array): boolean {
    return this.publish(this.subjects.type(type), bytes);
  }

  /** Tells everybody, and who asks later. */
  announce(bytes: Uint8Array): void {
    this.announced = new Uint8Array(bytes);
    this.publish(this.subjects.announcement, bytes);
  }

  /** What everybody else announced last. */
  async hello(): Promise<readonly Announcement[]> {
    const round = new HelloRound();
    this.questions += 1;
    const question = this.questions;
    this.rounds.set(question, round);
    if (this.connection === undefined) round.over();
    this.publish(this.subjects.hello, NOTHING, this.subjects.welcome(question));
    const answers = await round.finished;
    this.rounds.delete(question);
    return answers;
  }

  /** Fulfils when everything so far has arrived, or is lost with the connection. */
  async flush(): Promise<void> {
    await this.outgoing?.flush().catch(() => {});
  }

  /** Receives nothing more, and fulfils when NATS knows that and has everything. */
  async leave(): Promise<void> {
    this.hasLeft = true;
    this.endRounds();
    for (const subscription of [...this.inboxes, ...this.others]) subscription?.unsubscribe();
    await this.flush();
  }

  /** Ended connections count as none. */
  private get connection(): NatsConnection | undefined {
    const connection = this.watch?.connection;
    return connection?.isClosed() === false ? connection : undefined;
  }

  private endRounds(): void {
    for (const round of this.rounds.values()) round.over();
  }

  private async listenNow(): Promise<void> {
    if (this.connection === undefined) return;
    this.inboxes = this.openInboxes();
    try {
      await this.watch?.settled();
    } catch (error) {
      // A connection that ended is followed by one that listens from its beginning.
      const violation = violationIn(error);
      if (violation !== undefined) throw refused(this.options.servers, violation.message);
    }
  }

  private openInboxes(): Subscription[] {
    const { subjects } = this;
    return [subjects.everyInbox, ...subjects.everyType()].flatMap(
      (subject) => this.subscribe(subject, (msg) => this.received(msg)) ?? [],
    );
  }

  private subscribe(subject: string, receive: (msg: Msg) => void): Subscription | undefined {
    // The watch hears of errors, too.
    const callback = (error: Error | null, msg: Msg): void => {
      if (error === null) receive(msg);
    };
    return this.connection?.subscribe(subject, { callback });
  }

  private publish(subject: string, bytes: Uint8Array, reply?: string): boolean {
    const { connection, outgoing } = this;
    // What is written to a connection that just ended is lost with all that went before it.
    if (connection === undefined || outgoing === undefined) return true;
    connection.publish(subject, sealed(bytes), reply === undefined ? undefined : { reply });
    return outgoing.add(bytes.length + subject.length + (reply?.length ?? 0) + FRAMING);
  }

  private received(msg: Msg): void {
    const [from, bytes] = [senderOfBatch(msg.subject), contentOf(msg)];
    if (from !== undefined && bytes !== undefined) this.sink.batch(from, bytes);
  }

  private returned(msg: Msg): void {
    const { to, batchNo } = this.subjects.readReturn(msg.subject);
    this.sink.notDelivered(to, batchNo);
  }

  private heard(msg: Msg): void {
    const [from, bytes] = [senderOfAnnouncement(msg.subject), contentOf(msg)];
    if (from !== undefined && bytes !== undefined) this.sink.announcement(from, bytes);
  }

  private greet(msg: Msg): void {
    const to = this.subjects.welcomeTo(msg.reply ?? '');
    if (to !== undefined && this.announced !== undefined) this.publish(to, this.announced);
  }

  private welcomed(msg: Msg): void {
    const welcome = this.subjects.readWelcome(msg.subject);
    if (welcome === undefined) return;
    const { from } = welcome;
    const round = this.rounds.get(welcome.question);
    const bytes = contentOf(msg);
    if (from === 'nobody') round?.over();
    else if (bytes !== undefined) round?.add({ from, bytes: new Uint8Array(bytes) });
  }
}
