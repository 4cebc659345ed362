import { PomeloClientError } from 'nestjs-pomelo-client';
import { ask } from '../support/ask.js';
import { until } from '../support/until.js';
import { faults, type Fault } from './fault-hook.js';
import type { Scene, SceneSetup } from './scene.js';

/** One place of an application, and what its failure costs the client whose message or connection it was. */
export interface Place extends SceneSetup {
  readonly point: string;
  readonly faults: readonly Fault[];
  /** Goes through the place; gives what the client saw. */
  readonly act: (scene: Scene) => Promise<unknown>;
  readonly sees: (fault: Fault) => unknown;
  /** How often it fails. Default once. */
  readonly times?: number;
  /** False where the failure is told to the client alone. */
  readonly isLogged?: false;
}

const SYNC: readonly Fault[] = ['throws', 'throws what is no error'];
const REJECTS: readonly Fault[] = ['rejects', 'rejects with no error'];
const LATE: readonly Fault[] = [...REJECTS, 'never settles'];
const ALL: readonly Fault[] = [...SYNC, ...LATE];
const STREAMS: readonly Fault[] = [...ALL, 'gives a stream that fails'];
const RESULTS: readonly Fault[] = [...STREAMS, 'gives a revoked proxy', 'gives a thenable that throws'];

const fine = (): unknown => 'fine';
const isMalformed = (): unknown => ({ reason: 'malformed', code: 4400 });
const anError = (fault: Fault): unknown => (fault === 'never settles' ? 504 : 500);

/** The answer of a request, or the code of the error. */
const asks =
  (route: string) =>
  async ({ victim }: Scene): Promise<unknown> => {
    const answer = await ask(victim, route);
    return typeof answer === 'object' && answer !== null && 'code' in answer ? answer.code : answer;
  };

/** Somebody comes, and goes: the answer to its only request, or the status with which it was refused. */
const comes =
  (route: string, body?: unknown) =>
  async ({ connect }: Scene): Promise<unknown> => {
    try {
      const client = await connect({ reconnect: false });
      const answer = await ask(client, route, body);
      await client.close();
      return answer;
    } catch (error) {
      return error instanceof PomeloClientError ? error.status : error;
    }
  };

/** The client leaves; there is nothing that it could see. */
const leaves = async ({ victim }: Scene): Promise<unknown> => {
  await victim.close();
  await until(() => faults.isSpent);
  return 'fine';
};

/** The answer to who pushes to everybody; the bystander must get the push. */
const shouts = async (scene: Scene): Promise<unknown> => {
  const heard = scene.bystander.once('onShout');
  const answer = await asks('t.bare.shout')(scene);
  await heard;
  return answer;
};

/** The body of the kick, or the reason of the end without one, that a request brings. */
const isClosed = ({ victim }: Scene): Promise<unknown> =>
  new Promise((resolve) => {
    victim.events.on('kick', ({ body }) => resolve(body));
    victim.events.on('close', ({ reason }) => resolve(reason));
    void ask(victim, 't.faulty.run').catch(() => {});
  });

/** What runs for one request. */
export const REQUEST_PLACES: readonly Place[] = [
  { point: 'handler', faults: RESULTS, act: asks('t.faulty.run'), sees: anError },
  { point: 'bare handler', faults: RESULTS, act: asks('t.bare.run'), sees: anError },
  { point: 'guard', faults: STREAMS, act: asks('t.faulty.run'), sees: anError },
  { point: 'global guard', faults: STREAMS, act: asks('t.bare.run'), sees: anError, globals: true },
  { point: 'pipe', faults: ALL, act: asks('t.faulty.run'), sees: anError },
  { point: 'global pipe', faults: ALL, act: asks('t.bare.run'), sees: anError, globals: true },
  { point: 'interceptor, before the handler', faults: STREAMS, act: asks('t.faulty.run'), sees: anError },
  { point: 'interceptor, behind the handler', faults: STREAMS, act: asks('t.faulty.run'), sees: anError },
  { point: 'filter', faults: ALL, act: asks('t.faulty.mistake'), sees: anError },
  { point: 'remote', faults: ALL, act: asks('t.faulty.remote'), sees: anError },
  { point: 'remote', faults: ALL, act: asks('t.faulty.remoteNotify'), sees: fine },
  { point: 'routing function', faults: [...SYNC, ...REJECTS], act: asks('t.faulty.remote'), sees: anError },
  { point: 'push.select', faults: [...SYNC, ...REJECTS], act: asks('t.faulty.run'), sees: fine },
];

/** What makes bytes of values, and values of bytes. */
export const CODEC_PLACES: readonly Place[] = [
  { point: 'encode', faults: ALL, act: asks('t.faulty.run'), sees: () => 500, codec: true },
  { point: 'encode', faults: SYNC, act: shouts, sees: () => 500, codec: true },
  { point: 'encode', faults: LATE, act: shouts, sees: fine, codec: true },
  { point: 'encode', faults: ALL, times: 2, act: isClosed, sees: () => 'DISCONNECTED', codec: true },
  { point: 'decode', faults: ALL, act: isClosed, sees: isMalformed, codec: true, isLogged: false },
];

/** What runs for one connection. */
export const CONNECTION_PLACES: readonly Place[] = [
  { point: 'handshake guard', faults: STREAMS, act: comes('t.faulty.run'), sees: () => 500 },
  { point: 'handshake hook', faults: ALL, act: comes('t.faulty.run'), sees: () => 500 },
  {
    point: 'checkClient',
    faults: [...SYNC, ...REJECTS],
    act: comes('t.faulty.run'),
    sees: () => 501,
    isLogged: false,
  },
  { point: 'checkClient', faults: ['never settles'], act: comes('t.faulty.run'), sees: () => 500 },
  {
    point: 'handshake validator',
    faults: [...SYNC, ...REJECTS],
    act: comes('t.faulty.run'),
    sees: () => 400,
    isLogged: false,
  },
  { point: 'handshake validator', faults: ['never settles'], act: comes('t.faulty.run'), sees: () => 500 },
  { point: 'handleConnection', faults: ALL, act: comes('t.faulty.run'), sees: fine },
  { point: 'listener of connection', faults: ALL, act: comes('t.faulty.run'), sees: fine },
  { point: 'handleDisconnect', faults: ALL, act: leaves, sees: fine },
  { point: 'listener of disconnect', faults: ALL, act: leaves, sees: fine },
  { point: '@OnSessionClosed', faults: ALL, act: leaves, sees: fine },
  { point: '@OnSessionUnbound', faults: ALL, act: asks('t.bare.leave'), sees: fine },
  { point: '@OnSessionBound', faults: ALL, act: comes('t.bare.enter', { uid: 'late' }), sees: fine },
  {
    point: 'listener of SessionEvents',
    faults: ALL,
    act: comes('t.bare.enter', { uid: 'late' }),
    sees: fine,
  },
];
