import type { Figure } from './figure.js';
import { Fleet } from './fleet.js';
import type { LightClient, Transport } from './light-client.js';
import { percentile } from './percentile.js';
import type { ServerProcess } from './server-process.js';

/** Everybody comes in the same moment, and stays. */
export async function measureStorm(
  { port }: Pick<ServerProcess, 'port'>,
  transport: Transport,
  count: number,
): Promise<Figure> {
  const fleet = await Fleet.open({ port, transport, count });
  const errors = fleet.missing;
  const figure: Figure = {
    measures: [
      { what: 'sessions', value: count },
      {
        what: 'all working after',
        value: fleet.workingMs / 1000,
        unit: 's',
        atMost: 5,
        dependsOnSpeed: true,
      },
      { what: 'errors', value: errors, atMost: 0 },
      {
        what: 'p99 of a handshake',
        value: p99(fleet, ({ welcomedAt, greetedAt }) => welcomedAt - greetedAt),
        unit: 's',
        atMost: 1,
        dependsOnSpeed: true,
      },
      {
        what: 'with its connection',
        value: p99(fleet, ({ welcomedAt, startedAt }) => welcomedAt - startedAt),
        unit: 's',
      },
    ],
    note: fleet.firstFailure,
  };
  fleet.reset();
  return figure;
}

function p99({ clients }: Fleet, timeOf: (client: LightClient) => number): number {
  return percentile(clients.filter(({ isWorking }) => isWorking).map(timeOf), 0.99) / 1000;
}
