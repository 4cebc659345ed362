import type { ClusterDriver } from 'nestjs-pomelo';
import { closeAfterTest } from '../../support/pomelo-app.js';
import { until } from '../../support/until.js';

/** What a contract suite runs on. */
export interface ContractEngine {
  /** A fresh driver to the same engine, as another process would make it. */
  driver(): ClusterDriver;
  close(): Promise<void>;
}

/** Starts an engine of its own for one test. */
export type MakeEngine = () => ContractEngine | Promise<ContractEngine>;

/** An engine that is closed after the test, when everything that was opened on it is closed. */
export async function engineOf(makeEngine: MakeEngine): Promise<ContractEngine> {
  return closeAfterTest(await makeEngine());
}

/** Resolves when as little keeps the process running as before: call it before, and what it gives after. */
export function watchResources(): () => Promise<void> {
  const before = countResources();
  return () => until(() => countResources() <= before);
}

function countResources(): number {
  return process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout/.test(name)).length;
}
