import { checkOptional, refuseOption } from '../../options/option-checks.js';

/** How a client proves that it lives. */
export interface HeartbeatOptions {
  /** Seconds between heartbeats, told to the clients; false turns heartbeats off. Default 30. */
  readonly heartbeat?: number | false;
  /** Seconds without a sign of life after which a client is closed. Default twice `heartbeat`. */
  readonly heartbeatTimeout?: number;
  /** Only heartbeats prove life, as in Pomelo. Default false: every complete package does. */
  readonly strictHeartbeat?: boolean;
  /** Closes a client without a sign of life. False only counts it, once for each `heartbeatTimeout`. Default true. */
  readonly disconnectOnTimeout?: boolean;
}

/** Names of {@link HeartbeatOptions}. */
export const HEARTBEAT_OPTIONS = ['heartbeat', 'heartbeatTimeout', 'strictHeartbeat', 'disconnectOnTimeout'];

/** The same, with defaults. */
export interface ResolvedHeartbeat {
  /** Seconds; 0 is off. */
  readonly heartbeatSeconds: number;
  readonly heartbeatTimeoutMs: number;
}

/** Checks the options and fills in the defaults. Throws `OPTION_INVALID`. */
export function resolveHeartbeat(options: HeartbeatOptions): ResolvedHeartbeat {
  const { heartbeat = 30, heartbeatTimeout } = options;
  for (const name of ['strictHeartbeat', 'disconnectOnTimeout'] as const)
    checkOptional(`hybrid.${name}`, options[name], 'boolean');
  const heartbeatSeconds = heartbeat === false ? 0 : seconds('hybrid.heartbeat', heartbeat);
  if (heartbeatTimeout === undefined)
    return { heartbeatSeconds, heartbeatTimeoutMs: heartbeatSeconds * 2_000 };
  const timeout = seconds('hybrid.heartbeatTimeout', heartbeatTimeout);
  if (timeout <= heartbeatSeconds)
    refuseOption(
      'hybrid.heartbeatTimeout',
      timeout,
      `more than hybrid.heartbeat, which is ${heartbeatSeconds}`,
      'Leave it out for twice as much.',
    );
  return { heartbeatSeconds, heartbeatTimeoutMs: timeout * 1_000 };
}

function seconds(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= 86_400) return value;
  return refuseOption(name, value, 'a number of seconds from 0 to 86400, or false', 'For example 3.');
}
