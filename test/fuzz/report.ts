import type { Finding, Summary } from './worker-messages.js';

/** The line of a target in which nothing was found. */
export function describeSummary(target: string, summary: Summary, wanted: number): string {
  const { executions, seconds } = summary;
  const isShort = Number.isFinite(wanted) && executions < wanted;
  return [
    target.padEnd(14),
    `${executions} executions`,
    `${seconds.toFixed(1)} s`,
    `${Math.round(executions / seconds)}/s`,
    `corpus ${summary.corpus}`,
    `edges ${summary.edges}`,
    `slowest ${summary.slowestMs.toFixed(2)} ms`,
    ...(isShort ? [`out of time before ${wanted}`] : []),
  ].join('  ');
}

/** What was found, and how to see it again. */
export function describeFinding(target: string, { error, hex }: Finding): string {
  return [`${target}: FOUND`, error, `input ${hex}`, `repeat with --target ${target} --input ${hex}`].join(
    '\n',
  );
}
