import { Body } from '@nestjs/common';
import {
  ChannelService,
  ConnectedSession,
  Handler,
  PomeloAdapter,
  PomeloException,
  type Session,
} from 'nestjs-pomelo';
import { gate, gateAgentOf, type GateAgent, type GateOptions } from 'nestjs-pomelo/gate';
import { startApp, type AppSetup, type RunningApp } from '../support/pomelo-app.js';
import { GatePeer, type GateTransport } from './gate-peer.js';

/** Handlers as clients of a gate know them: `hall/echo` is `hall.handler.echo`. */
@Handler('hall.handler')
export class Hall {
  readonly notes: unknown[] = [];
  readonly sessions: Session[] = [];
  private readonly releases: (() => void)[] = [];

  constructor(private readonly channels: ChannelService) {}

  @Handler() echo(@Body() body: unknown): unknown {
    return body;
  }
  @Handler() kind(@Body() body: unknown): unknown {
    return { kind: body === undefined ? 'nothing' : Buffer.isBuffer(body) ? 'bytes' : typeof body };
  }
  @Handler() note(@Body() body: unknown): void {
    this.notes.push(body);
  }
  @Handler() async enter(@Body() uid: string, @ConnectedSession() session: Session): Promise<string> {
    this.sessions.push(session);
    await session.bind(uid);
    this.channels.createChannel('hall').add(session);
    return session.id;
  }
  @Handler() async say(@Body() body: unknown): Promise<void> {
    await this.channels.createChannel('hall').pushMessage('hall/onSay', body);
  }
  @Handler() async wait(@Body() body: unknown): Promise<unknown> {
    this.notes.push(body);
    await new Promise<void>((resolve) => this.releases.push(resolve));
    return body;
  }
  @Handler() refuse(): never {
    throw new PomeloException(403, 'Not you.');
  }
  @Handler() fail(): never {
    throw new Error('the text that no client may see');
  }
  @Handler() large(@Body() bytes: number): Buffer {
    return Buffer.alloc(bytes, 'x');
  }
  @Handler() address(@ConnectedSession() { remoteAddress }: Session): string {
    return remoteAddress;
  }

  /** The session that entered first. */
  get session(): Session {
    const [first] = this.sessions;
    if (first === undefined) throw new Error('Nobody has entered.');
    return first;
  }

  /** Lets the oldest request that waits have its answer. */
  release(): void {
    this.releases.shift()?.();
  }
}

/** A started application with a gate, over TCP and WebSocket. */
export interface GateApp extends RunningApp {
  readonly hall: Hall;
  readonly ports: Readonly<Record<GateTransport, number>>;
  /** Connects a client; nothing is said yet. */
  readonly open: (transport?: GateTransport) => Promise<GatePeer>;
}

/** Starts it on free ports. */
export async function startGate(options: Partial<GateOptions> = {}, setup: AppSetup = {}): Promise<GateApp> {
  const address = { port: 0, host: '127.0.0.1' };
  const connectors = setup.options?.connectors ?? [gate({ tcp: address, ws: address, ...options })];
  const providers = [Hall, ...(setup.providers ?? [])];
  const running = await startApp({ ...setup, providers, options: { ...setup.options, connectors } });
  const addresses = running.app.get(PomeloAdapter).addresses();
  const portOf = (name: string): number => addresses.find(({ protocol }) => protocol === name)?.port ?? 0;
  const ports = { tcp: portOf('tcp'), ws: portOf('ws') };
  const open = (transport: GateTransport = 'tcp'): Promise<GatePeer> =>
    GatePeer.open(transport, ports[transport]);
  return { ...running, hall: running.app.get(Hall), ports, open };
}

/** What a gate knows of the client of a session. */
export function agentOf(session: Session): GateAgent {
  const agent = gateAgentOf(session);
  if (agent === undefined) throw new Error('The session is none of a gate.');
  return agent;
}
