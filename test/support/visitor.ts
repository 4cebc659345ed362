import { PomeloClient } from 'nestjs-pomelo-client';
import { ask } from './ask.js';

const ENTRY = 'gate.gateHandler.queryEntry';
const ENTER = 'connector.entryHandler.enter';
const SEND = 'chat.chatHandler.send';
/** Between two attempts: as often as a person would, and not so often that the server calls it a flood. */
const AGAIN_MS = 50;

/** What a visitor is told at the door. */
export interface Welcome {
  readonly users: string[];
  readonly connector: string;
  readonly chat: string;
}

/** Somebody who uses the demo over a gate, and comes again when something fails. */
export class Visitor {
  /** Texts that were said to this one. */
  readonly heard: string[] = [];
  /** Who is in the room, as this one was told. */
  users: ReadonlySet<string>;

  private constructor(
    readonly name: string,
    readonly rid: string,
    /** The port of the connector. */
    readonly port: number,
    private readonly client: PomeloClient,
    readonly welcome: Welcome,
  ) {
    client.on<{ msg: string }>('onChat', ({ msg }) => this.heard.push(msg));
    this.users = new Set(welcome.users);
    client.on<{ user: string }>('onAdd', ({ user }) => (this.users = new Set([...this.users, user])));
    client.on<{ user: string }>(
      'onLeave',
      ({ user }) => (this.users = new Set([...this.users].filter((name) => name !== user))),
    );
    client.on<Welcome>('onRoom', ({ users }) => (this.users = new Set(users)));
  }

  /** Enters a room, by the connector that the gate names; tries until it is let in. */
  static async enter(gatePort: number, name: string, rid: string): Promise<Visitor> {
    for (;;) {
      const visitor = await Visitor.tryToEnter(gatePort, name, rid).catch(() => undefined);
      if (visitor !== undefined) return visitor;
      await pause();
    }
  }

  /** Says something to the room until another one hears it. */
  async sayTo(other: Visitor, text: string): Promise<void> {
    await this.sayUntil(text, () => other.heard.includes(text));
  }

  /** Says something to the room, again and again, until it is heard. */
  async sayUntil(text: string, isHeard: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isHeard())) {
      await ask(this.client, SEND, { content: text, target: '*' });
      if (!(await isHeard())) await pause();
    }
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  /** The port of the connector that the gate names. */
  private static async connectorPort(gatePort: number, name: string, rid: string): Promise<number> {
    const gate = await PomeloClient.connect(`tcp://127.0.0.1:${gatePort}`);
    try {
      const { port } = await gate.request<{ port: number }>(ENTRY, { uid: `${name}*${rid}` });
      return port;
    } finally {
      await gate.close();
    }
  }

  private static async tryToEnter(gatePort: number, name: string, rid: string): Promise<Visitor> {
    const port = await Visitor.connectorPort(gatePort, name, rid);
    const client = await PomeloClient.connect(`tcp://127.0.0.1:${port}`);
    try {
      const welcome = await client.request<Welcome>(ENTER, { username: name, rid });
      return new Visitor(name, rid, port, client, welcome);
    } catch (error) {
      await client.close();
      throw error;
    }
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
}
