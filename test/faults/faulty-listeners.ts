import { Injectable, type CanActivate } from '@nestjs/common';
import {
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import {
  OnHandshake,
  OnSessionBound,
  OnSessionClosed,
  OnSessionUnbound,
  SessionEvents,
  type PomeloServer,
  type Session,
} from 'nestjs-pomelo';
import { faults } from './fault-hook.js';

/** As option `handshakeGuards`. */
export class HandshakeGuard implements CanActivate {
  canActivate(): boolean {
    return faults.at('handshake guard', true);
  }
}

/** Everything that hears of sessions, and fails. */
@Injectable()
export class FaultyListeners {
  constructor(events: SessionEvents) {
    events.on('bound', () => faults.at('listener of SessionEvents', undefined));
  }
  @OnHandshake() hello(): unknown {
    return faults.at('handshake hook', undefined);
  }
  @OnSessionBound() bound(): unknown {
    return faults.at('@OnSessionBound', undefined);
  }
  @OnSessionUnbound() unbound(): unknown {
    return faults.at('@OnSessionUnbound', undefined);
  }
  @OnSessionClosed() closed(): unknown {
    return faults.at('@OnSessionClosed', undefined);
  }
}

/** A gateway whose methods and listeners fail. */
@WebSocketGateway()
export class FaultyGateway implements OnGatewayConnection, OnGatewayDisconnect, OnGatewayInit {
  afterInit(server: PomeloServer): void {
    server.on('connection', () => faults.at('listener of connection', undefined));
    server.on('disconnect', () => faults.at('listener of disconnect', undefined));
  }
  handleConnection(): unknown {
    return faults.at('handleConnection', undefined);
  }
  readonly handleDisconnect = (): unknown => faults.at('handleDisconnect', undefined);
}

/** Comes behind all that fails, and must hear of everybody all the same. */
@WebSocketGateway()
export class Witness implements OnGatewayConnection, OnGatewayDisconnect {
  /** Open connections, as the gateway counts them. */
  connected = 0;
  /** Bound sessions, as the events of sessions tell. */
  readonly bound = new Set<string>();

  handleConnection(): void {
    this.connected += 1;
  }
  handleDisconnect(): void {
    this.connected -= 1;
  }
  @OnSessionBound() entered({ id }: Session): void {
    this.bound.add(id);
  }
  @OnSessionUnbound() left({ id }: Session): void {
    this.bound.delete(id);
  }
  @OnSessionClosed() closed({ id }: Session): void {
    this.bound.delete(id);
  }
}
