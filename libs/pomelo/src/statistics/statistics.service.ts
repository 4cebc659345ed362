import { Injectable } from '@nestjs/common';
import { ConnectorHost } from '../adapter/connector-host.js';
import { ChannelService } from '../channels/channel.service.js';
import type { BoundConnector } from '../connectors/bound-connector.js';
import { ResumeDesk } from '../resume/resume-desk.js';
import { SessionService } from '../sessions/session.service.js';

/** Messages of one connector since the start. */
export interface ConnectorStatistics {
  /** Class name of the connector. */
  readonly name: string;
  readonly requests: number;
  readonly notifies: number;
  readonly responses: number;
  /** Handed to connections. */
  readonly pushes: number;
  /** Volatile pushes that were skipped: their clients were behind. */
  readonly pushesSkipped: number;
  /** Pushes that waited for a client, and that a later one replaced. */
  readonly pushesReplaced: number;
  /** Pushes whose deadline was over before they could be written. */
  readonly pushesExpired: number;
}

/** The numbers of this server at one moment. */
export interface PomeloSnapshot {
  /** Open connections, also those that have not shaken hands. */
  readonly connections: number;
  /** Bytes that all connections have received since the start, below TLS and every protocol. */
  readonly bytesRead: number;
  /** Bytes that all connections have sent since the start. */
  readonly bytesWritten: number;
  readonly sessions: number;
  /** Of these, whose connection is lost, and that wait for their clients. */
  readonly sessionsAway: number;
  /** Users with at least one session. */
  readonly boundUsers: number;
  /** Messages of connected clients whose handler is running. */
  readonly requestsInFlight: number;
  /** Bytes that were sent and that their clients have not taken yet. */
  readonly outstandingBytes: number;
  readonly channels: number;
  /** In the order of the options. */
  readonly connectors: readonly ConnectorStatistics[];
}

/** What an operator wants to know of this server, computed when it is asked for. */
@Injectable()
export class PomeloStatistics {
  constructor(
    private readonly connectors: ConnectorHost,
    private readonly sessions: SessionService,
    private readonly channels: ChannelService,
    private readonly desk: ResumeDesk,
  ) {}

  /** The numbers of this moment. Looks at every session once. */
  snapshot(): PomeloSnapshot {
    const { connections } = this.connectors;
    return {
      connections: connections.open,
      ...connections.bytes,
      sessions: this.sessions.getSessionsCount(),
      sessionsAway: this.desk.awayCount,
      boundUsers: this.sessions.getBoundUsersCount(),
      ...this.load(),
      channels: this.channels.getChannelsCount(),
      connectors: this.connectors.all().map(messagesOf),
    };
  }

  /** The class name of one of the connectors of this server. */
  isConnector(name: string): boolean {
    return this.connectors.all().some((connector) => connector.name === name);
  }

  private load(): Pick<PomeloSnapshot, 'requestsInFlight' | 'outstandingBytes'> {
    let requestsInFlight = 0;
    let outstandingBytes = 0;
    for (const { inFlight, client } of this.sessions.everyone()) {
      requestsInFlight += inFlight;
      outstandingBytes += client.outstandingBytes ?? 0;
    }
    return { requestsInFlight, outstandingBytes };
  }
}

function messagesOf({ name, counters }: BoundConnector): ConnectorStatistics {
  const { requests, notifies, responses, pushes, pushesSkipped, pushesReplaced, pushesExpired } = counters;
  return { name, requests, notifies, responses, pushes, pushesSkipped, pushesReplaced, pushesExpired };
}
