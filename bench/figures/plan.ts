import { measureBackendKilled } from './backend-killed.figure.js';
import { measureBrokerFrozen } from './broker-frozen.figure.js';
import { measureBrokerKilled } from './broker-killed.figure.js';
import type { Figure } from './figure.js';
import { measureFrontendKilled } from './frontend-killed.figure.js';
import type { Transport } from './light-client.js';
import { measureOverload } from './overload.figure.js';
import { measureReset } from './reset.figure.js';
import { ServerProcess } from './server-process.js';
import { measureSlowAnswers } from './slow-answers.figure.js';
import { measureSlowBroadcasts } from './slow-broadcasts.figure.js';
import { measureSlowCrowd } from './slow-crowd.figure.js';
import { measureStorm } from './storm.figure.js';

/** A figure that can be measured. */
export interface PlannedFigure {
  readonly name: string;
  /** Its row in the documentation. */
  readonly row: string;
  readonly clients: number;
  /** Measures it, with servers of its own, the conformance server with these flags. */
  measure(serverFlags: readonly string[]): Promise<Figure>;
}

/** A figure of one server. */
interface FigureKind extends Pick<PlannedFigure, 'name' | 'row' | 'clients'> {
  measure(server: ServerProcess, transport: Transport, clients: number): Promise<Figure>;
}

/** A figure of a cluster, over a broker. */
interface ClusterFigure extends Pick<PlannedFigure, 'name' | 'row'> {
  measure(): Promise<Figure>;
}

const KINDS: readonly FigureKind[] = [
  { name: 'storm', row: 'F5', clients: 10_000, measure: measureStorm },
  { name: 'reset', row: 'F6', clients: 10_000, measure: measureReset },
  { name: 'slow-answers', row: 'F8', clients: 64, measure: measureSlowAnswers },
  { name: 'slow-broadcasts', row: 'F8', clients: 64, measure: measureSlowBroadcasts },
  { name: 'overload', row: 'F13', clients: 100, measure: measureOverload },
  { name: 'slow-crowd', row: 'F8', clients: 2_000, measure: measureSlowCrowd },
];

const CLUSTER_FIGURES: readonly ClusterFigure[] = [
  { name: 'broker-away-0s', row: 'F10', measure: () => measureBrokerKilled(0) },
  { name: 'broker-away-0.5s', row: 'F10', measure: () => measureBrokerKilled(0.5) },
  { name: 'broker-away-3s', row: 'F10', measure: () => measureBrokerKilled(3) },
  { name: 'broker-frozen', row: 'F11', measure: measureBrokerFrozen },
  { name: 'backend-idle', row: 'F12', measure: () => measureBackendKilled(false) },
  { name: 'backend-busy', row: 'F12', measure: () => measureBackendKilled(true) },
  { name: 'frontend-killed', row: 'F15', measure: measureFrontendKilled },
];

/** The figures whose names begin so: those of one server for both transports, with another number of clients if one is given. */
export function planFigures(name: string, given: number | undefined): PlannedFigure[] {
  const transports: readonly Transport[] = ['tcp', 'ws'];
  const ofServers = KINDS.flatMap((kind) => transports.map((transport) => planned(kind, transport, given)));
  const ofClusters = CLUSTER_FIGURES.map((figure): PlannedFigure => ({ ...figure, clients: 0 }));
  return [...ofServers, ...ofClusters].filter((figure) => figure.name.startsWith(name));
}

function planned(kind: FigureKind, transport: Transport, given: number | undefined): PlannedFigure {
  const clients = given ?? kind.clients;
  const measure = async (flags: readonly string[]): Promise<Figure> => {
    const server = await ServerProcess.start(...flags);
    try {
      return await kind.measure(server, transport, clients);
    } finally {
      await server.stop();
    }
  };
  return { ...kind, name: `${kind.name}-${transport}`, clients, measure };
}
