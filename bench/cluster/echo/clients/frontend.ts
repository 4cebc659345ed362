import type { ClientMessage, ClientSocket } from 'nestjs-pomelo';
import { nats } from 'nestjs-pomelo/nats';
import { InProcessConnector } from '../../app/in-process.connector.js';
import { startServer } from '../../app/start-server.js';
import { echoSettings, type EchoSettings } from '../echo-settings.js';
import { serveLoad } from '../load.js';

const ROUTE = 'echo.echoHandler.echo';
const CLIENTS = 64;

type Answered = (answer: Buffer) => void;

/** Clients that take turns to ask what another server handles. */
class AskingClients {
  private readonly connector = new InProcessConnector(
    (_client, message) => this.decode(message),
    (_client, id, _route, body) => this.encode(id, body),
  );
  private readonly clients: ClientSocket[] = [];
  private readonly waiting = new Map<number, Answered>();
  private asked = 0;

  /** Starts their frontend, and connects them. */
  async start({ address, engine }: EchoSettings): Promise<void> {
    await startServer({
      server: { id: 'connector-1', types: ['connector'], namespace: engine },
      cluster: nats({ servers: address }),
      connectors: [this.connector],
      limits: false,
    });
    while (this.clients.length < CLIENTS) this.clients.push(this.connector.connect());
  }

  /** One request: a JSON text of as many bytes as the body has. */
  ask(body: Buffer): Promise<Buffer> {
    this.asked += 1;
    const client = this.clients[this.asked % CLIENTS];
    return new Promise((resolve) => {
      this.waiting.set(this.asked, resolve);
      if (client !== undefined) this.connector.receive(client, body);
    });
  }

  /** A connector that reads JSON hands its bytes over as they came. */
  private decode(message: Buffer): ClientMessage {
    const undecoded = Buffer.from(message);
    undecoded[0] = undecoded[undecoded.length - 1] = QUOTE;
    return { id: this.asked, route: ROUTE, body: undefined, undecoded };
  }

  private encode(id = 0, body: unknown): Buffer {
    const answer = Buffer.from(JSON.stringify(body));
    this.waiting.get(id)?.(answer);
    this.waiting.delete(id);
    return answer;
  }
}

const QUOTE = '"'.charCodeAt(0);

const clients = new AskingClients();
await clients.start(echoSettings());
serveLoad((body) => clients.ask(body));
