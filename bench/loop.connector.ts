import type {
  ClientManager,
  ClientMessage,
  ClientSocket,
  Connector,
  ListenAddress,
  Session,
} from 'nestjs-pomelo';

/** One client inside the process: what remains to be measured is the framework. */
export class LoopConnector implements Connector {
  private manager: ClientManager | undefined;
  private answered: () => void = () => {};
  private readonly client: ClientSocket = {
    session: undefined as unknown as Session, // assigned by addClient
    remoteAddress: '127.0.0.1',
    send: () => this.answered(),
    close: () => {},
  };
  private message: ClientMessage = { route: '', body: undefined };

  async start(manager: ClientManager): Promise<ListenAddress[]> {
    this.manager = manager;
    await manager.addClient(this.client);
    return [];
  }

  async stop(): Promise<void> {
    this.manager?.removeClient(this.client);
  }

  decode(): ClientMessage {
    return this.message;
  }

  encode(): Buffer {
    return ANSWER;
  }

  /** Sends `count` requests, each after the answer of the one before; gives nanoseconds a request. */
  async measure(route: string, count: number): Promise<number> {
    this.message = { id: 1, route, body: { text: 'hello' } };
    const start = process.hrtime.bigint();
    await new Promise<void>((resolve) => {
      let left = count;
      let inside = false;
      let again = false;
      const next = (): void => {
        // Synchronous answers would nest: they only mark that the loop goes on.
        again = true;
        if (inside) return;
        inside = true;
        while (again && left > 0) {
          again = false;
          left -= 1;
          this.manager?.handleMsg(this.client, ANSWER);
        }
        inside = false;
        if (left === 0) resolve();
      };
      this.answered = next;
      next();
    });
    return Number(process.hrtime.bigint() - start) / count;
  }
}

const ANSWER = Buffer.alloc(0);
