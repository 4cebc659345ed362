import type { PomeloLimits, SingleSessionPolicy } from 'nestjs-pomelo';

/** What a server of the cluster under test is: one argument of its command line, as JSON. */
export interface MemberSettings {
  readonly id: string;
  /** Those with `connector` have clients. */
  readonly types: readonly string[];
  /** Addresses of NATS. */
  readonly servers: readonly string[];
  readonly limits?: Partial<PomeloLimits>;
  readonly single?: SingleSessionPolicy;
  /** NATS servers that keep a copy of the bindings. Default 1. */
  readonly replicas?: number;
  /** Where it writes down what it executes, one line each: what was written is kept when it is killed. */
  readonly ledger: string;
  /** Time between two calls to each other server of the type `chat`, in ms. Default: none are made. */
  readonly countMs?: number;
}

/** What it says when it runs. */
export interface MemberStarted {
  /** Where its clients connect; 0 when it has none. */
  readonly port: number;
  /** From the word that it may start, in ms. */
  readonly startMs: number;
}

/** Something that a server learnt about another one. */
export interface MemberEvent {
  readonly event: 'join' | 'drain' | 'leave';
  readonly id: string;
  /** Why a server left. */
  readonly why?: string;
}

/** A user and the session that it has on a server. */
export type UserSession = readonly [uid: string, sessionId: string];

/** What a running server can be asked. */
export interface MemberApi {
  /** What it learnt about others since its start. */
  events(): readonly MemberEvent[];
  /** Its sessions that have a user. */
  users(): readonly UserSession[];
  /** Bytes of heap in use; needs `--expose-gc`. */
  heap(): number;
  /** Where the cluster says that users are: the ids of their sessions, in the order of the uids. */
  places(uids: readonly string[]): Promise<readonly (readonly string[])[]>;
  /** What it takes for the time of day, in ms since 1970. */
  clock(): number;
  /** Makes no new calls to others; how many have not ended. */
  stopCounting(): number;
}

/** What a server answers to a question. */
export type MemberAnswer<K extends keyof MemberApi> = Awaited<ReturnType<MemberApi[K]>>;
