import type { PushScheduler } from '../push/push-scheduler.js';
import type { Connector, ConnectorCodec } from './connector.interface.js';
import { PomeloConfigException } from '../errors/pomelo.exception.js';

/** A connector as the framework uses it: with its codec resolved and its scheduler chosen. */
export interface BoundConnector {
  readonly connector: Connector;
  /** Class name, for sentences and logs. */
  readonly name: string;
  readonly codec: ConnectorCodec;
  readonly scheduler: PushScheduler;
  readonly counters: MessageCounters;
}

/** Messages of one connector since the start; plain numbers, because every message changes them. */
export class MessageCounters {
  requests = 0;
  notifies = 0;
  responses = 0;
  /** Handed to connections. */
  pushes = 0;
  /** Volatile, and their clients were behind. */
  pushesSkipped = 0;
  /** A later one came in their place. */
  pushesReplaced = 0;
  /** Their time was over. */
  pushesExpired = 0;
}

/** Resolves the codec: options win over the class; neither stops the start with `CONNECTOR_WITHOUT_CODEC`. */
export function resolveCodec(connector: Connector): ConnectorCodec {
  return { encode: resolvePart(connector, 'encode'), decode: resolvePart(connector, 'decode') };
}

function resolvePart<Part extends keyof ConnectorCodec>(
  connector: Connector,
  part: Part,
): ConnectorCodec[Part] {
  const fromOptions = connector.options?.[part];
  if (fromOptions !== undefined) return fromOptions;
  const own = connector[part];
  if (own === undefined) {
    throw new PomeloConfigException('CONNECTOR_WITHOUT_CODEC', {
      connector: connectorName(connector),
      missing: part,
    });
  }
  return own.bind(connector) as ConnectorCodec[Part];
}

/** The class name of a connector. */
export function connectorName(connector: Connector): string {
  return connector.constructor.name;
}
