import { hybrid, type PomeloModuleOptions } from 'nestjs-pomelo';
import { byRoom } from './chat/by-room.js';

/**
 * The options of the demo.
 *
 * - `PORT`: of TCP, WebSocket and the page; 0 takes a free one. Default 3010.
 * - `PUBLIC_HOST`: where clients reach this server. Default 127.0.0.1.
 * - `ORIGINS` (separated by commas): pages of other addresses that may connect, besides the demo's own.
 * - `SERVER_ID`, `SERVER_TYPES` (separated by commas): which server this process is. Default every type.
 */
export function demoOptions(env: NodeJS.ProcessEnv): PomeloModuleOptions {
  const port = Number(env['PORT'] ?? 3010);
  const { SERVER_ID: id, SERVER_TYPES: types, ORIGINS: others } = env;
  const origins = ['self', ...(others?.split(',') ?? [])];
  return {
    connectors: [hybrid({ port, heartbeat: 3, dictionary: ['onAdd', 'onLeave', 'onChat'], origins })],
    server: {
      ...(id !== undefined && { id }),
      ...(types !== undefined && { types: types.split(',') }),
      metadata: { host: env['PUBLIC_HOST'] ?? '127.0.0.1' },
    },
    // Of two who enter at the same moment with one name, one gets in.
    sessions: { single: 'refuseNew' },
    routes: { chat: byRoom },
    // The log of a crash says which message it was.
    trackRequests: true,
  };
}
