import type { PomeloClient } from 'nestjs-pomelo-client';
import { setTimeout as wait } from 'node:timers/promises';
import { ClusterLoad, countOf, longestSeconds } from './cluster-load.js';
import { onStage } from './cluster-stage.js';
import { eventually } from './eventually.js';
import type { Figure } from './figure.js';
import { forgetPeak, peakBytes, residentBytes } from './process-status.js';

const FRONTEND = 'connector-1';
const ASK_EVERY_MS = 20;
/** So many clients tell so much, and wait for nothing: 15 MB a second, of which nothing arrives while the broker is frozen. */
const TALKERS = 5;
const TALK_EVERY_MS = 20;
const BODY = 'x'.repeat(60_000);
const STEADY_MS = 5_000;
const FROZEN_MS = 15_000;
const BACK_MS = 20_000;
const MEBIBYTE = 1024 * 1024;
/** `limits.clusterQueueBytes`, the default of `nats({ pressureBytes })`, and what is around them. */
const MOST_MIB = 64;

/** The broker stands still and keeps its connections, while clients ask and tell without end. */
export function measureBrokerFrozen(): Promise<Figure> {
  return onStage([FRONTEND, 'chat-1'], async (stage) => {
    const { broker } = stage;
    const frontend = stage.member(FRONTEND);
    const load = new ClusterLoad([await stage.client(FRONTEND)], ASK_EVERY_MS);
    const talkers = await Promise.all(Array.from({ length: TALKERS }, () => stage.client(FRONTEND)));
    const talking = talk(talkers);
    await wait(STEADY_MS);
    const before = residentBytes(frontend.pid);
    forgetPeak(frontend.pid);
    const frozenAt = performance.now();
    broker.freeze();
    await eventually(() => frontend.log.includes('The link to the cluster (nats) is down'), FROZEN_MS);
    const noticedAt = performance.now();
    await wait(FROZEN_MS - (noticedAt - frozenAt));
    const growth = peakBytes(frontend.pid) - before;
    const thawedAt = performance.now();
    broker.thaw();
    const isBack = () => load.asked.some(({ outcome, endedAt }) => outcome === 'ok' && endedAt > thawedAt);
    await eventually(isBack, BACK_MS);
    const backAt = performance.now();
    clearInterval(talking);
    await load.stop();
    const unnoticed = load.begunWithin(frozenAt, noticedAt);
    const noticed = load.begunWithin(noticedAt, thawedAt);
    return {
      measures: [
        { what: 'noticed after', value: (noticedAt - frozenAt) / 1000, unit: 's', atMost: 12 },
        { what: 'asked before that', value: unnoticed.length },
        { what: 'slowest of them', value: longestSeconds(unnoticed), unit: 's', atMost: 12 },
        { what: 'asked after it', value: noticed.length },
        { what: 'not 503', value: noticed.length - countOf(noticed, '503'), atMost: 0 },
        {
          what: 'slowest of them',
          value: longestSeconds(noticed),
          unit: 's',
          atMost: 1,
          dependsOnSpeed: true,
        },
        { what: 'frontend grew by', value: growth / MEBIBYTE, unit: 'MiB', atMost: MOST_MIB },
        { what: 'works again after', value: (backAt - thawedAt) / 1000, unit: 's', atMost: 5 },
      ],
    };
  });
}

function talk(clients: readonly PomeloClient[]): NodeJS.Timeout {
  let number = 0;
  return setInterval(() => {
    number += 1;
    for (const [index, client] of clients.entries())
      client.notify('chat.room.run', { key: `talker${index} ${number}`, text: BODY });
  }, TALK_EVERY_MS);
}
