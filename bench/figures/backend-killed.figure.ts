import type { PomeloClient } from 'nestjs-pomelo-client';
import { setTimeout as wait } from 'node:timers/promises';
import { outcomeOf } from './cluster-load.js';
import { onStage, type ClusterStage } from './cluster-stage.js';
import { eventually } from './eventually.js';
import type { Figure } from './figure.js';

const BACKENDS = ['chat-1', 'chat-2', 'chat-3', 'chat-4', 'chat-5', 'chat-6'];
/** Back ends that are killed, one after the other: the others stay. */
const KILLED = 5;
/** Longer than anybody waits for it. */
const WORK_MS = 60_000;
/** Clients are asked whom they are served by; with so many every back end has some. */
const CLIENTS = 60;
const BEGUN_MS = 10_000;
const OTHERS_EVERY_MS = 10;

interface Death {
  readonly outcome: string;
  readonly seconds: number;
}

/** A back end is killed while it works on a request, with or without other requests on their way to it. */
export function measureBackendKilled(isBusy: boolean): Promise<Figure> {
  return onStage(['connector-1', ...BACKENDS], async (stage) => {
    const served = await clientsByServer(stage);
    const deaths: Death[] = [];
    for (const id of BACKENDS.slice(0, KILLED)) {
      const [client, other = client] = served.get(id) ?? [];
      if (client === undefined || other === undefined) throw new Error(`nobody is served by ${id}`);
      deaths.push(await killDuringRequest(stage, id, client, isBusy ? other : undefined));
    }
    const inTime = deaths.filter(({ outcome }) => outcome === '504');
    return {
      measures: [
        { what: 'back ends killed', value: deaths.length },
        { what: 'requests in them told 504 (nobody knows)', value: inTime.length },
        { what: 'told anything else', value: deaths.length - inTime.length, atMost: 0 },
        {
          what: 'slowest answer',
          value: Math.max(...deaths.map(({ seconds }) => seconds)),
          unit: 's',
          atMost: 1,
          dependsOnSpeed: true,
        },
        { what: 'fastest', value: Math.min(...deaths.map(({ seconds }) => seconds)), unit: 's' },
      ],
      note: deaths.find(({ outcome }) => outcome !== '504')?.outcome,
    };
  });
}

async function clientsByServer(stage: ClusterStage): Promise<Map<string, PomeloClient[]>> {
  const served = new Map<string, PomeloClient[]>();
  for (let number = 0; number < CLIENTS; number += 1) {
    const client = await stage.client('connector-1');
    const { server } = await client.request<{ server: string }>('chat.room.run', { key: `who ${number}` });
    served.set(server, [...(served.get(server) ?? []), client]);
  }
  return served;
}

async function killDuringRequest(
  stage: ClusterStage,
  id: string,
  client: PomeloClient,
  other: PomeloClient | undefined,
): Promise<Death> {
  const backend = stage.member(id);
  const key = `in ${id} 1`;
  const asked = outcomeOf(client, 'chat.room.run', { key, ms: WORK_MS });
  await eventually(() => backend.executed().includes(key), BEGUN_MS);
  // At any moment between two heartbeats.
  await wait(Math.random() * 1000);
  const killedAt = performance.now();
  await backend.end('SIGKILL');
  const others = setInterval(() => {
    if (other !== undefined)
      void outcomeOf(other, 'chat.room.run', { key: `beside ${id} ${performance.now()}` });
  }, OTHERS_EVERY_MS);
  const outcome = await asked;
  clearInterval(others);
  return { outcome, seconds: (performance.now() - killedAt) / 1000 };
}
