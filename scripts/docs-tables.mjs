/** The tables of the documentation that are made from the code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_LIMITS, ERROR_TABLE } from 'nestjs-pomelo';
import { CLOSE_CODES, KICKED } from '../libs/pomelo/dist/connectors/connection/close-codes.js';

export const tables = { limits, errors, 'close-codes': closeCodes };

const asTable = (rows) =>
  ['<!-- prettier-ignore-start -->', ...rows, '<!-- prettier-ignore-end -->', ''].join('\n');

/** One row a limit: its name, its default, and the sentence of its declaration. */
function limits() {
  const source = readFileSync(join(import.meta.dirname, '../libs/pomelo/src/options/limits.ts'), 'utf8');
  const rows = Object.entries(DEFAULT_LIMITS).map(([name, value]) => {
    const [, sentence] = new RegExp(`/\\*\\* ([^\\n]*) \\*/\\n  ${name}: number;`).exec(source) ?? [];
    if (sentence === undefined) throw new Error(`The limit ${name} has no sentence`);
    const bounds = sentence.replace(/ Default \d+(, at most (\d+))?\./, (_all, most, ceiling) =>
      most ? ` At most ${ceiling}.` : '',
    );
    return `| \`${name}\` | ${value} | ${bounds} |`;
  });
  return asTable(['| limit | default | what it bounds |', '| --- | --- | --- |', ...rows]);
}

/** One row an error that can reach a client or stop the start. */
function errors() {
  const rows = Object.entries(ERROR_TABLE).map(
    ([code, { status, text }]) =>
      `| \`${code}\` | ${status === 0 ? 'start' : status} | ${text.replaceAll('|', '\\|')} |`,
  );
  return asTable(['| code | status | sentence |', '| --- | --- | --- |', ...rows]);
}

/** One row a code with which a connection is closed. */
function closeCodes() {
  const reasons = new Map([[KICKED, ['the word that the application gave to `kick`']]]);
  for (const [reason, code] of CLOSE_CODES)
    reasons.set(code, [...(reasons.get(code) ?? []), `\`${reason}\``]);
  const rows = [...reasons]
    .toSorted(([a], [b]) => a - b)
    .map(([code, words]) => `| ${code} | ${words.join(', ')} |`);
  return asTable(['| code | reasons |', '| --- | --- |', ...rows]);
}
