/**
 * What a storm of clients, the loss of all of them, and those that do not read cost the server; what the loss of a broker,
 * a back end and a frontend costs the others of a cluster.
 */
import { describeFigure, isMissed } from './figures/figure.js';
import { readOptions, USAGE } from './figures/options.js';
import { planFigures, type PlannedFigure } from './figures/plan.js';
import { allowedDescriptors } from './figures/process-status.js';

/** Descriptors of a process that has no clients yet. */
const SPARE_DESCRIPTORS = 100;

/** Why nothing can be measured here. */
function obstacle(figures: readonly PlannedFigure[]): string | undefined {
  if (process.platform !== 'linux') return 'Memory is read from /proc: the figures need Linux.';
  if (figures.length === 0) return USAGE;
  const needed = SPARE_DESCRIPTORS + Math.max(...figures.map(({ clients }) => clients));
  const allowed = allowedDescriptors();
  if (allowed >= needed) return undefined;
  return `A process may have ${allowed} file descriptors here, and ${needed} are needed: see "ulimit -n", or ask for fewer --clients.`;
}

/** Measures one figure and prints it; false when a target was missed that any machine can meet. */
async function report(planned: PlannedFigure, serverFlags: readonly string[]): Promise<boolean> {
  const title = `${planned.row} ${planned.name}`.padEnd(22);
  try {
    const figure = await planned.measure(serverFlags);
    console.log(title, describeFigure(figure));
    return !isMissed(figure);
  } catch (error) {
    console.log(title, `FAILED: ${String(error)}`);
    return false;
  }
}

const options = readOptions(process.argv.slice(2));
const figures = options === undefined ? [] : planFigures(options.name, options.clients);
const reason = obstacle(figures);
if (reason !== undefined) {
  console.error(reason);
  process.exit(2);
}
let areMet = true;
for (const figure of figures) areMet = (await report(figure, options?.serverFlags ?? [])) && areMet;
process.exit(areMet ? 0 : 1);
