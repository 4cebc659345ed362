import { EDGE_OPTIONS, resolveEdge, type ResolvedEdge } from '../../edge/edge-options.js';
import type { TlsOptions } from '../../edge/tls-options.js';
import {
  checkInteger,
  checkOptional,
  checkRecord,
  refuseOption,
  refuseUnknown,
} from '../../options/option-checks.js';
import type { GateHooks } from './gate-hooks.interface.js';
import { MAX_PACK_BYTES, MIN_PACK_BYTES } from './gate-packs.js';
import type { FullBuffer, GateAddress, GateOptions } from './gate.options.js';
import { LONGEST_TIMER_MS } from '../../timing/longest-timer.js';

const HOOKS: readonly (keyof GateHooks)[] = [
  'agent',
  'shakeHandler',
  'onConnect',
  'onDisconnect',
  'routeHandler',
  'recvPackHandler',
  'sendMessageHook',
  'routeOf',
  'topicOf',
];
const KNOWN = [
  'tcp',
  'ws',
  'certFile',
  'keyFile',
  'bufSize',
  'maxPackSize',
  'sendPackBuffNum',
  'onFullBuffer',
  'overTime',
  'heartOverTimer',
  'concurrentTasks',
  'encryptKey',
  'encryption',
  'body',
  'handler',
  ...HOOKS,
  ...EDGE_OPTIONS,
];
const MAX_COUNT = 1_000_000;
/** Keys of AES, in bytes. */
const KEY_BYTES = [16, 24, 32];

/** The options with their defaults. */
export interface ResolvedGateOptions extends GateOptions {
  readonly edge: ResolvedEdge;
  readonly sendPackBuffNum: number;
  readonly onFullBuffer: FullBuffer;
  readonly heartOverTimer: number;
  readonly concurrentTasks: number;
}

/** Checks the options and fills in the defaults. Throws `OPTION_INVALID`. */
export function resolveGateOptions(given: GateOptions): ResolvedGateOptions {
  refuseUnknown(checkRecord('gate()', given ?? null), KNOWN, 'gate.');
  for (const name of HOOKS) checkOptional(`gate.${name}`, given[name], 'function');
  checkAddresses(given);
  checkNumbers(given);
  checkOneOf('onFullBuffer', given.onFullBuffer, ['drop', 'close']);
  checkOneOf('body', given.body, ['json', 'bytes']);
  checkHandler(given);
  checkEncryption(given);
  const {
    sendPackBuffNum = 100,
    onFullBuffer = 'drop',
    heartOverTimer = 60_000,
    concurrentTasks = 20,
  } = given;
  const defaults = { sendPackBuffNum, onFullBuffer, heartOverTimer, concurrentTasks };
  return { ...given, ...defaults, edge: resolveEdge('gate.', { ...given, ...tlsOf(given) }) };
}

function checkAddresses({ tcp, ws }: GateOptions): void {
  if (tcp === undefined && ws === undefined)
    refuseOption('gate.tcp', undefined, 'given, or ws', 'For example gate({ tcp: { port: 3563 } }).');
  for (const [name, address] of Object.entries({ tcp, ws })) {
    if (address === undefined) continue;
    const { port, host }: Partial<GateAddress> = checkRecord(`gate.${name}`, address);
    refuseUnknown(address, ['port', 'host'], `gate.${name}.`);
    checkInteger(`gate.${name}.port`, port, 0, 65_535);
    checkOptional(`gate.${name}.host`, host, 'string');
  }
}

function checkNumbers(options: GateOptions): void {
  const ranges = {
    bufSize: [1, 2 ** 30],
    maxPackSize: [MIN_PACK_BYTES, MAX_PACK_BYTES],
    sendPackBuffNum: [1, MAX_COUNT],
    overTime: [1, LONGEST_TIMER_MS],
    heartOverTimer: [0, LONGEST_TIMER_MS],
    concurrentTasks: [1, MAX_COUNT],
  } as const;
  for (const [name, [min, max]] of Object.entries(ranges)) {
    const value = options[name as keyof typeof ranges];
    if (value !== undefined) checkInteger(`gate.${name}`, value, min, max);
  }
}

function checkOneOf(name: keyof GateOptions, value: unknown, words: readonly [string, string]): void {
  if (value === undefined || words.some((word) => word === value)) return;
  const [first, second] = words;
  refuseOption(`gate.${name}`, value, `"${first}" or "${second}"`, `Leave it out for "${first}".`);
}

function checkHandler({ handler, routeOf }: GateOptions): void {
  checkOptional('gate.handler', handler, 'string');
  if (handler === '' || handler?.includes('.') === true)
    refuseOption('gate.handler', handler, 'the second part of a route', 'For example "handler".');
  if (handler !== undefined && routeOf !== undefined)
    refuseOption('gate.handler', handler, 'absent with routeOf', 'The routes are those that routeOf gives.');
}

function checkEncryption({ encryptKey, encryption, agent }: GateOptions): void {
  checkOptional('gate.encryptKey', encryptKey, 'string');
  checkOneOf('encryption', encryption, ['v1.1', 'v1.2']);
  if (encryption !== undefined && !encryptKey)
    refuseOption('gate.encryption', encryption, 'absent without encryptKey', 'Give the key, too.');
  if (!encryptKey) return;
  // Sentences about a key do not show it.
  if (agent !== undefined)
    refuseOption(
      'gate.encryptKey',
      '…',
      'absent with agent',
      'The codec of the agent encrypts what it writes.',
    );
  if (encryption === 'v1.2' && !KEY_BYTES.includes(Buffer.byteLength(encryptKey)))
    refuseOption('gate.encryptKey', '…', 'a key of 16, 24 or 32 bytes', 'Shorter keys are for "v1.1" alone.');
}

/** The certificate, under either of its names. */
function tlsOf({ tls, certFile, keyFile, tcp }: GateOptions): { readonly tls?: TlsOptions } {
  checkOptional('gate.certFile', certFile, 'string');
  checkOptional('gate.keyFile', keyFile, 'string');
  if (tls?.allowPlain === true && tcp !== undefined)
    refuseOption(
      'gate.tls.allowPlain',
      true,
      'false with tcp',
      'A pack may begin with the same byte as TLS.',
    );
  if (certFile === undefined && keyFile === undefined) return {};
  if (tls !== undefined) refuseOption('gate.certFile', certFile, 'absent with tls', 'Name them in tls.');
  if (certFile === undefined || keyFile === undefined)
    return refuseOption('gate.certFile', certFile, 'given with keyFile', 'A certificate needs its key.');
  return { tls: { cert: certFile, key: keyFile } };
}
