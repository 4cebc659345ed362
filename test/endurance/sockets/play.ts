import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { Script } from './script.js';

/** Longer than the server waits for a handshake: whoever is still connected then has been forgotten. */
const FORGOTTEN_MS = 20_000;
/** As long as an answer is waited for that may not come. */
const ANSWER_MS = 200;
/** How long a server that is silent may still be busy. */
const QUIET_MS = 20;

/** How a connection went. */
export interface Played {
  /** It came about. */
  readonly connected: boolean;
  /** Bytes that the server sent. */
  readonly received: number;
  /** The server left it open although the client had ended it. */
  readonly forgotten: boolean;
}

/** Plays a script to the server; fulfils when the connection is gone. */
export async function play(script: Script, port: number, localAddress: string): Promise<Played> {
  const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const played = { connected: false, received: 0, forgotten: false };
  socket.setTimeout(FORGOTTEN_MS, () => {
    played.forgotten = true;
    socket.destroy();
  });
  // Whoever sends such things is reset now and then.
  socket.on('error', () => {});
  socket.on('data', ({ length }) => (played.received += length));
  socket.once('connect', () => {
    played.connected = true;
    void perform(socket, script);
  });
  await closed;
  return played;
}

async function perform(socket: Socket, { steps, ending }: Script): Promise<void> {
  for (const { bytes, isQuestion } of steps) {
    await new Promise((resolve) => socket.write(bytes, resolve));
    if (isQuestion) await quiet(socket, ANSWER_MS, 0);
    else await setImmediate();
  }
  // What is still being handled would be dropped.
  await quiet(socket, QUIET_MS, QUIET_MS);
  if (ending === 'end') socket.end();
  else if (ending === 'destroy') socket.destroy();
  else socket.resetAndDestroy();
}

/** Waits until the server has said something and then nothing for some time; at most so long for the first. */
function quiet(socket: Socket, firstMs: number, thenMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', done);
      resolve();
    };
    let timer = setTimeout(done, firstMs);
    const onData = (): void => {
      if (thenMs === 0) return done();
      clearTimeout(timer);
      timer = setTimeout(done, thenMs);
    };
    socket.on('data', onData).once('close', done);
    if (socket.destroyed) done();
  });
}
