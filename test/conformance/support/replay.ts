import { RawLink, TcpLink, WsLink, type Ending } from './raw-link.js';
import { ACK, answer, HELLO, request } from './wire-bytes.js';

/** How far a connection is when the recorded input arrives: connected, answered, or acknowledged. */
export type Stage = 'fresh' | 'greeted' | 'working';

/** One recorded input. */
export interface RecordedInput {
  readonly stage: Stage;
  /** Bytes to send, each over WebSocket a message of its own; or what to do instead. */
  readonly play: readonly Uint8Array[] | ((link: RawLink) => void | Promise<void>);
  /** The input ends the connection after a while, so that a question after it would come too early. */
  readonly ends?: true;
  /** The id of a request whose handler takes its time: nothing is asked before it is answered. */
  readonly asks?: number;
}

/** What an input led to. */
export interface Outcome {
  /** Everything that came because of it, in hex. */
  readonly answer: string;
  /** How the connection ended; false when it went on, and answered one more request. */
  readonly closed: Ending | false;
  /** WebSocket messages in which the answer came. */
  readonly arrivals: number;
}

const PROBE_ID = 99;
const PROBE = request(PROBE_ID, 'connector.echoHandler.ping');
const PROBE_ANSWER = answer(PROBE_ID, '{"code":200}');

/** Plays an input on a connection of its own. */
export async function replay(port: number, transport: string, input: RecordedInput): Promise<Outcome> {
  const link = await (transport === 'ws' ? WsLink.open(port) : TcpLink.open(port));
  try {
    await reach(link, input.stage);
    return await playOn(link, input);
  } finally {
    link.destroy();
  }
}

/** Plays an input on a connection that is working already. */
export async function playOn(link: RawLink, { stage, play, ends, asks }: RecordedInput): Promise<Outcome> {
  const start = link.bytes.length;
  const before = link.arrivals;
  if (typeof play === 'function') await play(link);
  else for (const bytes of play) link.send(bytes);
  if (asks !== undefined) await link.answered(asks, start);
  if (ends === undefined) {
    if (stage !== 'working') link.send(ACK);
    link.send(PROBE);
  }
  const alive = await link.endsWith(PROBE_ANSWER, start);
  const end = link.bytes.length - (alive ? PROBE_ANSWER.length : 0);
  return {
    answer: link.bytes.subarray(start, end).toString('hex'),
    closed: alive ? false : await link.closed,
    arrivals: link.arrivals - before - (alive ? 1 : 0),
  };
}

/** Brings a new connection to a stage. */
export async function reach(link: RawLink, stage: Stage): Promise<void> {
  if (stage === 'fresh') return;
  link.send(HELLO);
  await link.firstPackage();
  if (stage === 'working') link.send(ACK);
}
