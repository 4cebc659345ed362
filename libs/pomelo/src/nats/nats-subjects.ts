import type { OwnPeer, PeerId } from '../cluster/cluster-driver.interface.js';

/** Parts of a subject before those that name the sender. */
const ANNOUNCEMENT_PARTS = 3;
const BATCH_PARTS = 4;
const WELCOME_PARTS = 6;

/**
 * The subjects of one server. A message names its sender in the last three parts of its subject, the first of them the
 * role: NATS decides by its permissions who may speak as what.
 */
export class NatsSubjects {
  /** Announcements of everybody. */
  readonly everyAnnouncement: string;
  /** Own announcements. */
  readonly announcement: string;
  /** The question who is there. */
  readonly hello: string;
  /** Answers to that question of this server, and the word of NATS that nobody is there. */
  readonly everyWelcome: string;
  /** Batches, and what else names this server as its receiver. */
  readonly everyInbox: string;
  /** The word of NATS that nobody listened, for batches of this server. */
  readonly everyReturn: string;
  private readonly prefix: string;
  private readonly sender: string;
  private readonly own: string;

  constructor(private readonly self: OwnPeer) {
    this.prefix = `pf.${self.namespace}`;
    this.sender = `${self.role}.${self.id}.${self.inc}`;
    this.own = `${self.id}.${self.inc}`;
    this.everyAnnouncement = `${this.prefix}.hb.>`;
    this.announcement = `${this.prefix}.hb.${this.sender}`;
    this.hello = `${this.prefix}.hello`;
    this.everyWelcome = `${this.prefix}.h.${this.own}.>`;
    this.everyInbox = `${this.prefix}.s.${self.id}.>`;
    this.everyReturn = `${this.prefix}.r.${this.own}.>`;
  }

  /** Where this server writes to another one, or to itself. */
  inbox(to = this.self.id): string {
    return `${this.prefix}.s.${to}.${this.sender}`;
  }

  /** Where NATS says that nobody listened for this batch. */
  return(to: string, batchNo: number): string {
    return `${this.prefix}.r.${this.own}.${to}.${batchNo}`;
  }

  /** Where this server writes to all that host a type. */
  type(type: string): string {
    return `${this.prefix}.t.${type}.${this.sender}`;
  }

  /** Batches for the types of this server. */
  everyType(): string[] {
    return this.self.types.map((type) => `${this.prefix}.t.${type}.>`);
  }

  /** What the answers to one question begin with. */
  welcome(question: number): string {
    return `${this.prefix}.h.${this.own}.${question}`;
  }

  /** Where this server answers a question; `undefined` when that is no subject for answers. */
  welcomeTo(asker: string): string | undefined {
    return asker.startsWith(`${this.prefix}.h.`) ? `${asker}.${this.sender}` : undefined;
  }

  /** The question and who answers it: nobody when NATS answers itself. `undefined` when it is no answer. */
  readWelcome(subject: string): { readonly question: number; readonly from: PeerId | 'nobody' } | undefined {
    const parts = subject.split('.');
    const from = parts.length === WELCOME_PARTS ? 'nobody' : senderAt(subject, WELCOME_PARTS);
    return from && { question: Number(parts[WELCOME_PARTS - 1]), from };
  }

  /** The receiver and the number of a batch that nobody listened for. */
  readReturn(subject: string): { readonly to: string; readonly batchNo: number } {
    const [to = '', batchNo] = subject.slice(this.everyReturn.length - 1).split('.');
    return { to, batchNo: Number(batchNo) };
  }
}

/** Who wrote a batch, by its subject. */
export function senderOfBatch(subject: string): PeerId | undefined {
  return senderAt(subject, BATCH_PARTS);
}

/** Who announced himself, by the subject. */
export function senderOfAnnouncement(subject: string): PeerId | undefined {
  return senderAt(subject, ANNOUNCEMENT_PARTS);
}

/**
 * The permissions of NATS look at the beginning of a subject: who may write `….chat.>` must not name somebody else
 * behind that.
 */
function senderAt(subject: string, position: number): PeerId | undefined {
  const parts = subject.split('.');
  const [role, id, inc, ...more] = parts.slice(position);
  const isWhole = role !== undefined && id !== undefined && inc !== undefined && more.length === 0;
  return isWhole ? { id, inc, role } : undefined;
}
