import { NO_FRAME, type FrameHead } from './codec.js';
import type { MinimalClient, MinimalServer } from './minimal-client.js';
import { Room } from './room.js';

/** The handlers that all servers of the benchmark have. */
export function minimalServer(frame: FrameHead = NO_FRAME): MinimalServer {
  const room = new Room(frame);
  return {
    frame,
    room,
    handlers: new Map<string, (body: unknown, client: MinimalClient) => unknown>([
      ['connector.entryHandler.echo', (body) => body],
      [
        'connector.entryHandler.join',
        (_body, client) => {
          room.add(client);
          return { code: 200 };
        },
      ],
      ['connector.entryHandler.bcast', (body) => room.push(body)],
    ]),
  };
}
