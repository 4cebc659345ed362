import { outcomeOf } from './cluster-load.js';
import { onStage, type ClusterStage } from './cluster-stage.js';
import { eventually } from './eventually.js';
import type { Figure } from './figure.js';

const USERS = 200;
/** Of them, those who log in elsewhere at once. */
const RETURNING = 20;
const GONE_MS = 30_000;
const LOOK_EVERY_MS = 20;
const OTHERS = ['connector-2', 'chat-1', 'chat-2'];

/** A frontend is killed: some of its users log in elsewhere at once, the others are gone. */
export function measureFrontendKilled(): Promise<Figure> {
  return onStage(['connector-1', ...OTHERS], async (stage) => {
    const uids = Array.from({ length: USERS }, (_none, index) => `user${index}`);
    for (const uid of uids) await logIn(stage, 'connector-1', uid);
    const newcomers = await Promise.all(uids.slice(0, RETURNING).map(() => stage.client('connector-2')));
    const killedAt = performance.now();
    await stage.member('connector-1').end('SIGKILL');
    const logins = await Promise.all(
      newcomers.map(async (client, index) => {
        const outcome = await outcomeOf(client, 'connector.entry.enter', { uid: uids[index] });
        return { outcome, seconds: (performance.now() - killedAt) / 1000 };
      }),
    );
    const gone = uids.slice(RETURNING);
    const areGone = await eventually(() => isForgotten(stage, gone), GONE_MS, LOOK_EVERY_MS);
    const goneSeconds = areGone ? (performance.now() - killedAt) / 1000 : Infinity;
    const places = await stage.member('chat-1').ask('places', uids.slice(0, RETURNING));
    const refused = logins.filter(({ outcome }) => outcome !== 'ok');
    return {
      measures: [
        { what: 'users', value: USERS },
        { what: 'logged in elsewhere', value: RETURNING - refused.length },
        { what: 'refused', value: refused.length, atMost: 0 },
        {
          what: 'slowest of these logins',
          value: Math.max(...logins.map(({ seconds }) => seconds)),
          unit: 's',
          atMost: 1,
          dependsOnSpeed: true,
        },
        {
          what: 'without exactly one place',
          value: places.filter(({ length }) => length !== 1).length,
          atMost: 0,
        },
        { what: 'the others are gone everywhere after', value: goneSeconds, unit: 's', atMost: 5 },
      ],
      note: refused[0]?.outcome,
    };
  });
}

async function logIn(stage: ClusterStage, id: string, uid: string): Promise<void> {
  const outcome = await outcomeOf(await stage.client(id), 'connector.entry.enter', { uid });
  if (outcome !== 'ok') throw new Error(`${uid} cannot log in: ${outcome}`);
}

/** No server that is left knows the dead one, or a user of it. */
async function isForgotten(stage: ClusterStage, uids: readonly string[]): Promise<boolean> {
  const views = OTHERS.map(async (id) => {
    const member = stage.member(id);
    const [events, places] = await Promise.all([member.ask('events'), member.ask('places', uids)]);
    const hasLeft = events.some((seen) => seen.event === 'leave' && seen.id === 'connector-1');
    return hasLeft && places.every(({ length }) => length === 0);
  });
  return (await Promise.all(views)).every(Boolean);
}
