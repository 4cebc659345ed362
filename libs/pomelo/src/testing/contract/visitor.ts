import { deepEqual } from 'node:assert/strict';
import type { ContractMessage, ContractPeer, ReceivedMessage } from './connector-harness.interface.js';
import type { ClientMessage } from '../../connectors/connector.interface.js';
import type { Patience } from './patience.js';
import type { RecordedClient } from './recording-manager.js';

/** The route of every request and notify of the suite. */
const ROUTE = 'contract.room.say';

/** One client from both sides: the peer of the harness, and what the manager knows of it. */
export class Visitor {
  private lastId = 0;

  constructor(
    private readonly patience: Patience,
    readonly peer: ContractPeer,
    readonly client: RecordedClient,
    /** The ids of what was delivered are those of what was sent. */
    private readonly comparesIds: boolean,
  ) {}

  /** A request, which has still to be sent. */
  request(body: unknown): ContractMessage {
    this.lastId += 1;
    return { id: this.lastId, route: ROUTE, body };
  }

  /** A notify, which has still to be sent. */
  notify(body: unknown): ContractMessage {
    return { route: ROUTE, body };
  }

  /** Asks, and takes the answer: the client is served. */
  async echo(word = 'hello'): Promise<void> {
    const request = this.request({ word });
    this.peer.send(request);
    await this.hears(
      [{ id: request.id ?? 0, body: request.body }],
      'The answer to a request did not arrive.',
    );
  }

  /** Checks what the peer receives next. */
  async hears(expected: readonly ReceivedMessage[], sentence: string): Promise<void> {
    const heard: unknown[] = [];
    for (const _ of expected) heard.push(await this.patience.of(this.peer.receive(), sentence));
    deepEqual(plain(heard), plain(expected), sentence);
  }

  /** Waits until the manager has so many messages of this client, and checks them. */
  async delivers(expected: readonly ContractMessage[], sentence: string): Promise<void> {
    const { messages } = this.client;
    await this.patience.until(() => messages.length >= expected.length, sentence);
    const seen = ({ id, route, body }: ClientMessage | ContractMessage): unknown =>
      this.comparesIds ? { id, route, body } : { route, body };
    deepEqual(plain(messages.map(seen)), plain(expected.map(seen)), sentence);
  }

  /** Waits until the manager hears that this client is gone; that it hears so once is checked after every case. */
  async isRemoved(how: string): Promise<void> {
    const { removals } = this.client;
    await this.patience.until(
      () => removals.length > 0,
      `removeClient() was not called for a client that ${how}.`,
    );
  }

  /** Waits for the end of the connection as the peer sees it. */
  async isCut(how: string): Promise<void> {
    await this.patience.of(this.peer.closed, `The connection of a client that ${how} was not ended.`);
  }
}

/** As JSON has it: without prototypes and without what is undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
