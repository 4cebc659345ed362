import { equal, ok } from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { CaseDefinition } from '../contract-case.interface.js';
import type { ContractStage } from '../contract-stage.js';
import type { Visitor } from '../visitor.js';

const HARD_BYTES = 256 * 1024;
/** More than the kernels of both sides keep for one connection. */
const MORE_THAN_KERNELS_KEEP = 64 * 1024 * 1024;
const NEWS = { text: 'x'.repeat(48 * 1024) };
const SLOW = { limits: { writeBufferSoftBytes: 32 * 1024, writeBufferHardBytes: HARD_BYTES } };

/** Clients that send or read at another pace than the server. */
export const BACK_PRESSURE_CASES: readonly CaseDefinition[] = [
  {
    name: 'pause() keeps the messages of a client back, resume() lets all of them come in order',
    play: async (stage) => {
      const [paused, bystander] = [await stage.arrive(), await stage.arrive()];
      const { socket, messages } = paused.client;
      equal(
        socket.pause === undefined,
        socket.resume === undefined,
        'A client has only one of pause() and resume().',
      );
      const sent = [1, 2, 3].map((index) => paused.notify({ index }));
      socket.pause?.();
      paused.peer.send(...sent);
      // What would come at all has come before the last of these answers.
      for (let round = 0; round < 10; round += 1) await bystander.echo();
      ok(
        socket.pause === undefined || messages.length === 0,
        'A message came from a client that was paused.',
      );
      socket.resume?.();
      await paused.delivers(sent, 'After resume() the messages of a client did not come as they were sent.');
      await paused.echo();
    },
  },
  {
    name: 'a client that reads nothing costs no more than limits.writeBufferHardBytes',
    needs: 'slow peers',
    manager: SLOW,
    play: async (stage) => {
      const [deaf, bystander] = [await stage.arrive(), await stage.arrive()];
      stopReading(deaf);
      ok(
        await pushUntilRefused(stage, deaf),
        'A client that reads nothing was neither cut nor refused a message: whatever is sent to it stays in memory. ' +
          'Let send() return false, or end the connection, at limits.writeBufferHardBytes.',
      );
      await bystander.echo();
    },
  },
  {
    name: 'close() ends a client that reads nothing, too',
    needs: 'slow peers',
    manager: SLOW,
    play: async (stage) => {
      const deaf = await stage.arrive();
      stopReading(deaf);
      await pushUntilRefused(stage, deaf);
      deaf.client.socket.close('out');
      await deaf.isRemoved('reads nothing and was closed');
    },
  },
];

function stopReading({ peer }: Visitor): void {
  ok(
    peer.stopReading !== undefined,
    'The peer of the harness has no stopReading(): write it, or say without: ["slow peers"].',
  );
  peer.stopReading();
}

/** True when the connector has drawn a line. */
async function pushUntilRefused({ manager }: ContractStage, { client }: Visitor): Promise<boolean> {
  for (let sent = 0; sent < MORE_THAN_KERNELS_KEEP; sent += NEWS.text.length) {
    const arrives = manager.send(client, undefined, 'onContract', NEWS);
    if (arrives === false || client.removals.length > 0) return true;
    const { outstandingBytes = 0 } = client.socket;
    ok(
      outstandingBytes < 2 * HARD_BYTES,
      `${outstandingBytes} bytes wait for a client; the limit is ${HARD_BYTES}.`,
    );
    await turn();
  }
  return false;
}
