import { PomeloClient, PomeloClientError } from 'nestjs-pomelo-client';
import { askGate } from './gate.js';
import { isNameTaken } from './problems.js';

const RECONNECT = { minDelayMs: 500, maxDelayMs: 8000 };
/** A server may need two heartbeats to notice that our old connection, which holds our name, is gone. */
const NAME_RETRY_MS = 1000;
const NAME_RETRIES = 10;

/**
 * One user's stay in a room. Dispatches `chat` (a message), `add` and `leave` (a user), `users` (everybody, after each
 * entry), `reconnecting` (the delay in ms), `reconnected`, and `end` (why, unless `leave` was called).
 */
export class Room extends EventTarget {
  #client;
  #early;
  #left = false;

  constructor(client, username, rid) {
    super();
    this.#client = client;
    this.username = username;
    this.rid = rid;
  }

  /** Connects to the connector that the gate names. Rejects when that fails. */
  static async connect(username, rid) {
    const client = await PomeloClient.connect(await askGate(`${username}*${rid}`), {
      reconnect: RECONNECT,
    });
    return new Room(client, username, rid);
  }

  /** Enters. Rejects, and closes the connection, when that fails. */
  async enter() {
    this.#listen();
    try {
      await this.#enterOnce();
    } catch (error) {
      this.leave();
      throw error;
    }
  }

  /** Sends to everybody (`*`) or to one user. Rejects when it was not delivered. */
  async send(content, target) {
    await this.#client.request('chat.chatHandler.send', { content, target });
  }

  /** Leaves for good. */
  leave() {
    this.#left = true;
    void this.#client.close();
  }

  #listen() {
    const { events } = this.#client;
    this.#client.on('onChat', (message) => this.#tell('chat', message));
    this.#client.on('onAdd', ({ user }) => this.#tell('add', user));
    this.#client.on('onLeave', ({ user }) => this.#tell('leave', user));
    events.on('reconnecting', ({ delayMs }) => this.#dispatch('reconnecting', delayMs));
    events.on('reconnected', () => void this.#enterAgain());
    events.on('close', ({ error }) => this.#end(error));
  }

  async #enterOnce() {
    // What happens in the room between our entry and the list of users belongs after the list.
    this.#early = [];
    const entry = { username: this.username, rid: this.rid };
    const { users } = await this.#client.request('connector.entryHandler.enter', entry);
    const early = this.#early;
    this.#early = undefined;
    this.#dispatch('users', users);
    for (const [type, detail] of early) this.#dispatch(type, detail);
  }

  async #enterAgain(retries = NAME_RETRIES) {
    try {
      await this.#enterOnce();
      this.#dispatch('reconnected');
    } catch (error) {
      // Lost again: the next reconnect enters.
      if (error instanceof PomeloClientError) return;
      if (isNameTaken(error) && retries > 0) setTimeout(() => this.#retry(retries - 1), NAME_RETRY_MS);
      else this.#end(error);
    }
  }

  #retry(retries) {
    if (this.#client.state === 'open') void this.#enterAgain(retries);
  }

  #end(error) {
    if (!this.#left) this.#dispatch('end', error);
    this.leave();
  }

  #tell(type, detail) {
    if (this.#early === undefined) this.#dispatch(type, detail);
    else this.#early.push([type, detail]);
  }

  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
