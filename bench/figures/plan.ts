import type { Figure } from './figure.js';
import type { Transport } from './light-client.js';
import { measureReset } from './reset.figure.js';
import type { ServerProcess } from './server-process.js';
import { measureSlowAnswers } from './slow-answers.figure.js';
import { measureSlowBroadcasts } from './slow-broadcasts.figure.js';
import { measureSlowCrowd } from './slow-crowd.figure.js';
import { measureStorm } from './storm.figure.js';

/** A figure that can be measured, with a server of its own. */
export interface PlannedFigure {
  readonly name: string;
  /** Its row in the documentation. */
  readonly row: string;
  readonly clients: number;
  measure(server: ServerProcess): Promise<Figure>;
}

interface FigureKind extends Pick<PlannedFigure, 'name' | 'row' | 'clients'> {
  measure(server: ServerProcess, transport: Transport, clients: number): Promise<Figure>;
}

const KINDS: readonly FigureKind[] = [
  { name: 'storm', row: 'F5', clients: 10_000, measure: measureStorm },
  { name: 'reset', row: 'F6', clients: 10_000, measure: measureReset },
  { name: 'slow-answers', row: 'F8', clients: 64, measure: measureSlowAnswers },
  { name: 'slow-broadcasts', row: 'F8', clients: 64, measure: measureSlowBroadcasts },
  { name: 'slow-crowd', row: 'F8', clients: 2_000, measure: measureSlowCrowd },
];

/** The figures whose names begin so, each for both transports; with another number of clients if one is given. */
export function planFigures(name: string, given: number | undefined): PlannedFigure[] {
  const transports: readonly Transport[] = ['tcp', 'ws'];
  return KINDS.flatMap((kind) =>
    transports.map((transport): PlannedFigure => {
      const clients = given ?? kind.clients;
      const measure = (server: ServerProcess) => kind.measure(server, transport, clients);
      return { ...kind, name: `${kind.name}-${transport}`, clients, measure };
    }),
  ).filter((figure) => figure.name.startsWith(name));
}
