import { ACK, HEARTBEAT } from '../../conformance/support/wire-bytes.js';
import { HostileClient } from './hostile-client.js';
import type { Transport } from './transport.js';

const ECHO = 'connector.echoHandler.echo';

/** The part of the handshake answer that says how often to beat, in seconds. */
interface Welcome {
  readonly sys: { readonly heartbeat?: number };
}

/** A well-behaved client. */
export class Bystander {
  private lastId = 0;

  private constructor(
    private readonly client: HostileClient,
    private readonly beat: NodeJS.Timeout | undefined,
  ) {}

  /** Connects and shakes hands. */
  static async arrive(port: number, transport: Transport = 'tcp'): Promise<Bystander> {
    const client = await HostileClient.open(port, transport);
    const { heartbeat } = ((await client.shakeHands()) as Welcome).sys;
    client.send(ACK);
    const beat = (): void => client.send(HEARTBEAT);
    return new Bystander(client, heartbeat === undefined ? undefined : setInterval(beat, heartbeat * 1000));
  }

  /** Asks for an echo; gives how long it took, in ms. */
  async echo(): Promise<number> {
    const askedAt = performance.now();
    const question = { text: `question ${this.lastId}` };
    expect(await this.ask(ECHO, question)).toEqual(question);
    return performance.now() - askedAt;
  }

  /** Asks for anything else. */
  ask(route: string, body: unknown = {}): Promise<unknown> {
    this.lastId += 1;
    return this.client.ask(this.lastId, route, JSON.stringify(body));
  }

  /** Leaves politely. */
  async leave(): Promise<void> {
    clearInterval(this.beat);
    this.client.socket.end();
    await this.client.ended;
  }
}
