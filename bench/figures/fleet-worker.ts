import type { FleetCommand, FleetReport } from './fleet-process.js';
import { Fleet } from './fleet.js';

let fleet: Fleet | undefined;

async function obey(command: FleetCommand): Promise<FleetReport> {
  if ('open' in command) fleet = await Fleet.open(command.open);
  else fleet?.reset();
  return { failures: fleet?.failures.length ?? 0, firstFailure: fleet?.firstFailure };
}

process.on('message', (command: FleetCommand) => {
  void obey(command).then((report) => process.send?.(report));
});
// Whoever started it is gone.
process.once('disconnect', () => process.exit());
