import { ServerProcess } from './server/server-process.js';
import { settles } from './settle.js';

/** What a program found out. */
export interface Verdict {
  /** The line of figures. */
  readonly figures: string;
  /** What must not happen, and did. */
  readonly failures: readonly string[];
}

const END_MS = 1_000;

/** Starts a server, does something to it, prints what it came to, and sets the exit code: 1 when something failed. */
export async function runProgram(
  serverOptions: readonly string[],
  seed: number,
  run: (server: ServerProcess) => Promise<Verdict>,
): Promise<void> {
  const server = await ServerProcess.start(serverOptions);
  console.log(`seed ${seed}`);
  try {
    const { figures, failures } = await run(server);
    console.log(figures);
    report(failures);
  } catch (error) {
    // What went wrong may be the first sign of its end.
    await settles(() => server.end !== undefined, END_MS);
    report([server.end ?? String(error)]);
  } finally {
    await server.stop();
  }
}

function report(failures: readonly string[]): void {
  for (const failure of failures) console.log(`FAILED: ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
}
