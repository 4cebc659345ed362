import { refuseOption } from '../../options/option-checks.js';

/** Options of Pomelo's connectorConfig that have another name here, or none, and what to write instead. */
export const FORMER_NAMES: Readonly<Record<string, string>> = {
  connector: 'hybrid() is the connector.',
  timeout: 'Write heartbeatTimeout.',
  setNoDelay: 'Write noDelay.',
  distinctHost: 'Write host.',
  ssl: 'Write tls: { cert, key }.',
  key: 'Write tls: { cert, key }.',
  cert: 'Write tls: { cert, key }.',
  useDict: 'Write dictionary: true.',
  useProtobuf: 'Write protobuf: { client, server }.',
  useAsyncCoder: 'encode and decode may return promises.',
  useHostFilter: 'A blacklist is in use when it is given.',
  blacklistFun: 'Write blacklist: it may be that function.',
  handshake: 'Write @OnHandshake() on a method of a provider.',
  firstTimeout: 'Write limits: { handshakeMs } in the options of the module.',
  transports: 'It is for the socketio connector.',
  heartbeats: 'It is for the socketio connector.',
  closeTimeout: 'It is for the socketio connector.',
  heartbeatInterval: 'It is for the socketio connector.',
  udpType: 'There is no udp connector.',
  publishRoute: 'There is no mqtt connector.',
  subscribeRoute: 'There is no mqtt connector.',
};

/** Refuses an option under its name in Pomelo, with the name that it has here. Throws `OPTION_INVALID`. */
export function refuseFormerNames(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    const remedy = Object.hasOwn(FORMER_NAMES, name) ? FORMER_NAMES[name] : undefined;
    if (remedy !== undefined)
      refuseOption(`hybrid.${name}`, value, 'absent: it is an option of Pomelo', remedy);
  }
}
