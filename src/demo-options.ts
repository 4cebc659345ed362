import { hybrid, type Connector, type PomeloModuleOptions } from 'nestjs-pomelo';
import { byRoom } from './chat/by-room.js';
import { clusterDriver } from './cluster-driver.js';

/** Server types that clients connect to. */
const FRONTENDS = ['gate', 'connector'];

/**
 * The options of the demo.
 *
 * - `PORT`: of TCP, WebSocket and the page, or of the health pages alone where no client connects; 0 takes a free one.
 *   Default 3010.
 * - `PUBLIC_HOST`, `PUBLIC_PORT`: where clients reach this server. Default 127.0.0.1 and the port that it listens on.
 * - `ORIGINS` (separated by commas): pages of other addresses that may connect, besides the demo's own.
 * - `SERVER_ID`, `SERVER_TYPES` (separated by commas): which server this process is. Default every type.
 * - `NATS_URL` (addresses, separated by commas) or `REDIS_URL`: what connects it with the others. Default this process alone.
 */
export async function demoOptions(env: NodeJS.ProcessEnv): Promise<PomeloModuleOptions> {
  const { SERVER_ID: id, PUBLIC_PORT: publicPort } = env;
  const types = env['SERVER_TYPES']?.split(',');
  const cluster = await clusterDriver(env);
  return {
    connectors:
      types === undefined || types.some((type) => FRONTENDS.includes(type)) ? [connectorOf(env)] : [],
    server: {
      ...(id !== undefined && { id }),
      ...(types !== undefined && { types }),
      metadata: {
        host: env['PUBLIC_HOST'] ?? '127.0.0.1',
        ...(publicPort !== undefined && { port: Number(publicPort) }),
      },
    },
    ...(cluster !== undefined && { cluster }),
    // Of two who enter at the same moment with one name, one gets in.
    sessions: { single: 'refuseNew' },
    routes: { chat: byRoom },
    // The log of a crash says which message it was.
    trackRequests: true,
  };
}

/** The port that this process listens on. */
export function portOf(env: NodeJS.ProcessEnv): number {
  return Number(env['PORT'] ?? 3010);
}

function connectorOf(env: NodeJS.ProcessEnv): Connector {
  const origins = ['self', ...(env['ORIGINS']?.split(',') ?? [])];
  return hybrid({ port: portOf(env), heartbeat: 3, dictionary: ['onAdd', 'onLeave', 'onChat'], origins });
}
