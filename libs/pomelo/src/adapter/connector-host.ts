import { Inject, Injectable, Logger } from '@nestjs/common';
import { describeError } from '../errors/describe-error.js';
import { ModuleRef } from '@nestjs/core';
import { isIPv6 } from 'node:net';
import { createPushScheduler } from '../push/push-schedulers.js';
import {
  connectorName,
  MessageCounters,
  resolveCodec,
  type BoundConnector,
} from '../connectors/bound-connector.js';
import { ConnectionQuota } from '../edge/connection-quota.js';
import type { ListenAddress } from '../cluster/server-info.interface.js';
import type { ClientManager, Connector } from '../connectors/connector.interface.js';
import { providedOrMade } from '../discovery/provided-or-made.js';
import { PomeloConfigException } from '../errors/pomelo.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';

/** Makes the connectors of the options, starts them and stops them. */
@Injectable()
export class ConnectorHost {
  private readonly logger = new Logger('Pomelo');
  private bound: BoundConnector[] = [];
  private made: readonly BoundConnector[] = [];
  private listening: ListenAddress[] = [];
  /** Over all connectors. */
  readonly connections: ConnectionQuota;

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly modules: ModuleRef,
  ) {
    this.connections = new ConnectionQuota(options.limits);
  }

  /** Makes and checks every connector. Throws `CONNECTOR_INVALID` and `CONNECTOR_WITHOUT_CODEC`. */
  async prepare(): Promise<void> {
    for (const [index, option] of this.options.connectors.entries()) {
      const connector = typeof option === 'function' ? await providedOrMade(this.modules, option) : option;
      if (typeof connector?.start !== 'function' || typeof connector.stop !== 'function') {
        throw new PomeloConfigException('CONNECTOR_INVALID', { index, value: connector });
      }
      const counters = new MessageCounters();
      this.bound.push({
        connector,
        name: connectorName(connector),
        codec: resolveCodec(connector),
        scheduler: createPushScheduler(this.options.push, this.options.limits, counters),
        counters,
      });
    }
    this.made = [...this.bound];
  }

  /** Starts the connectors one after another; when one fails, those before it are stopped. Rejects with `CONNECTOR_START_FAILED`. */
  async start(managerOf: (connector: BoundConnector) => ClientManager): Promise<void> {
    const started: Connector[] = [];
    for (const bound of this.bound) {
      started.push(bound.connector);
      try {
        const addresses = await bound.connector.start(managerOf(bound));
        this.listening.push(...addresses);
        for (const { protocol, host, port } of addresses)
          this.logger.log(
            `${bound.name} listens on ${protocol}://${isIPv6(host) ? `[${host}]` : host}:${port}`,
          );
      } catch (error) {
        await Promise.allSettled(started.map(async (connector) => connector.stop()));
        if (error instanceof PomeloConfigException) throw error;
        const detail = describeError(error);
        throw new PomeloConfigException('CONNECTOR_START_FAILED', { connector: bound.name, detail });
      }
    }
  }

  /** Stops accepting and sends what is buffered. */
  async stop(): Promise<void> {
    const { bound } = this;
    this.bound = [];
    this.listening = [];
    for (const { scheduler } of bound) scheduler.stop();
    const results = await Promise.allSettled(bound.map(async ({ connector }) => connector.stop()));
    for (const result of results)
      if (result.status === 'rejected')
        this.logger.error(`A connector did not stop: ${describeError(result.reason)}`);
  }

  /** The only connector, when there is exactly one. Throws `ADDRESS_UNKNOWN_CONNECTOR`. */
  sole(): BoundConnector {
    const [first] = this.bound;
    if (first === undefined || this.bound.length > 1) {
      throw new PomeloConfigException('ADDRESS_UNKNOWN_CONNECTOR', { count: this.bound.length });
    }
    return first;
  }

  /** Every connector, also after the stop: what they counted stays. */
  all(): readonly BoundConnector[] {
    return this.made;
  }

  /** Where the connectors listen; empty before the start. */
  addresses(): readonly ListenAddress[] {
    return this.listening;
  }
}
