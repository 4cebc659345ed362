import { wrongExecutions } from '#built/fleet/ledgers.js';
import { setTimeout as wait } from 'node:timers/promises';
import { ClusterLoad, countOf, longestSeconds } from './cluster-load.js';
import { onStage } from './cluster-stage.js';
import { eventually } from './eventually.js';
import type { Figure } from './figure.js';

const CLIENTS = 4;
const EVERY_MS = 5;
const STEADY_MS = 1_000;
const BACK_MS = 10_000;

/** The broker is killed, is away for so many seconds, and comes back, while clients ask for work behind it. */
export function measureBrokerKilled(awaySeconds: number): Promise<Figure> {
  return onStage(['connector-1', 'connector-2', 'chat-1', 'chat-2'], async (stage) => {
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, (_none, index) => stage.client(`connector-${(index % 2) + 1}`)),
    );
    const load = new ClusterLoad(clients, EVERY_MS);
    await wait(STEADY_MS);
    const killedAt = performance.now();
    await stage.broker.kill();
    await wait(awaySeconds * 1000);
    await stage.broker.start();
    const backAt = performance.now();
    const first = () => load.asked.find(({ outcome, endedAt }) => outcome === 'ok' && endedAt > backAt);
    await eventually(() => first() !== undefined, BACK_MS);
    await wait(STEADY_MS);
    await load.stop();
    const during = load.begunWithin(killedAt, backAt);
    const failed = load.asked.filter(({ outcome }) => outcome !== 'ok');
    const lies = wrongExecutions(stage.everybody, load.outcomes());
    return {
      measures: [
        { what: 'requests', value: load.asked.length },
        {
          what: 'works again after',
          value: ((first()?.endedAt ?? Infinity) - backAt) / 1000,
          unit: 's',
          atMost: 0.5,
          dependsOnSpeed: true,
        },
        { what: 'begun meanwhile', value: during.length },
        { what: 'of them answered', value: countOf(during, 'ok') },
        { what: '503', value: countOf(during, '503') },
        { what: '504', value: countOf(during, '504') },
        {
          what: 'slowest failure',
          value: longestSeconds(failed),
          unit: 's',
          atMost: 1,
          dependsOnSpeed: true,
        },
        {
          what: 'ended otherwise',
          value: failed.length - countOf(failed, '503') - countOf(failed, '504'),
          atMost: 0,
        },
        { what: 'on their way, 504', value: countOf(failed, '504') - countOf(during, '504') },
        { what: 'executed twice, or against their answer', value: lies.length, atMost: 0 },
        { what: 'servers taken for gone', value: await stage.leaves(), atMost: 0 },
      ],
      note: lies[0],
    };
  });
}
