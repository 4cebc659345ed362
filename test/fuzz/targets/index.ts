import { dictionaryTarget } from './dictionary.target.js';
import type { FuzzTarget } from './fuzz-target.js';
import { handshakeTarget } from './handshake.target.js';
import { jsonTarget } from './json.target.js';
import { messageTarget } from './message.target.js';
import { packageTarget } from './package.target.js';
import { protobufTarget } from './protobuf.target.js';
import { plantedCrashTarget, plantedDelayTarget, plantedHangTarget } from './planted.targets.js';
import { proxyTarget } from './proxy.target.js';

const TARGETS: readonly FuzzTarget[] = [
  packageTarget,
  messageTarget,
  handshakeTarget,
  jsonTarget,
  dictionaryTarget,
  protobufTarget,
  proxyTarget,
  plantedCrashTarget,
  plantedHangTarget,
  plantedDelayTarget,
];

/** The target of that name; throws a sentence when there is none. */
export function targetNamed(name: string): FuzzTarget {
  const target = TARGETS.find((candidate) => candidate.name === name);
  if (target === undefined) throw new Error(`no target '${name}': there are ${namesOf(TARGETS).join(', ')}`);
  return target;
}

/** The targets of a run over all of them. */
export function allTargets(): string[] {
  return namesOf(TARGETS.filter(({ hidden }) => hidden !== true));
}

function namesOf(targets: readonly FuzzTarget[]): string[] {
  return targets.map(({ name }) => name);
}
