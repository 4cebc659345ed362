import {
  TestRequestError,
  type ContractMessage,
  type ContractPeer,
  type ReceivedMessage,
  type TestClient,
} from 'nestjs-pomelo/testing';
import { AsyncQueue } from '../../client/async-queue.js';

/** A client of the `TestConnector` for the contract suite. It numbers its requests as the suite does. */
export class TestPeer implements ContractPeer {
  readonly closed: Promise<unknown>;
  private readonly received = new AsyncQueue<ReceivedMessage | undefined>();

  constructor(private readonly client: TestClient) {
    client.on('onContract', (body) => this.received.put({ route: 'onContract', body }));
    this.closed = client.closed.then((kick) => {
      if (kick !== undefined) this.received.put({ kick });
      this.received.put(undefined);
    });
  }

  send(...messages: readonly ContractMessage[]): void {
    for (const message of messages) this.sendOne(message);
  }

  receive(): Promise<ReceivedMessage | undefined> {
    return this.received.take();
  }

  close(): void {
    void this.client.disconnect();
  }

  abort(): void {
    this.close();
  }

  private sendOne({ id, route, body }: ContractMessage): void {
    if (id === undefined) this.client.notify(route, body);
    else
      this.client.request(route, body).then(
        (answer) => this.received.put({ id, body: answer }),
        (error: unknown) => {
          if (error instanceof TestRequestError) this.received.put({ id, body: error.body });
        },
      );
  }
}
