import { guardedSection } from './goals/guard.js';
import type { BenchOptions } from './options.js';
import { broadcastSection } from './sections/broadcast.section.js';
import { cycleSection, idleSection } from './sections/connections.section.js';
import { checkedSection, echoSection } from './sections/echo.section.js';
import { garbageSection } from './sections/garbage.section.js';
import { latencySection } from './sections/latency.section.js';
import { isPeer } from './sections/rows.js';
import type { BenchSection } from './sections/section.js';
import { startUpSection } from './sections/start-up.section.js';

/** Every section; the peers take part in those that any server can take part in. */
const SECTIONS: readonly BenchSection[] = [
  echoSection,
  checkedSection,
  broadcastSection,
  cycleSection,
  latencySection,
  idleSection,
  garbageSection,
  startUpSection,
];

/** What is measured; nothing when there is no such section. */
export function planSections({ section, peers, guard }: BenchOptions): BenchSection[] {
  if (guard) return [guardedSection];
  return SECTIONS.filter(({ name }) => section === '' || name === section).flatMap((one) => {
    const hasPeers = one.columns.some(({ rows }) => rows.some(isPeer));
    if (peers) return hasPeers ? [one] : [];
    return [withoutPeers(one)];
  });
}

function withoutPeers(section: BenchSection): BenchSection {
  const columns = section.columns.map((column) => ({
    ...column,
    rows: column.rows.filter((row) => !isPeer(row)),
  }));
  return { ...section, columns };
}
