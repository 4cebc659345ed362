import { connect } from './gate.js';
import { isForLater, isStopping, retryAfterMs } from './problems.js';
import { wayBack } from './way-back.js';

/** A server may need two heartbeats to notice that our old connection, which holds our name, is gone. */
const RETRY_MS = 1000;
const RETRIES = 10;

/**
 * One user's stay in a room. Dispatches `chat` (a message), `add` and `leave` (a user), `room` (who is in it, and its chat
 * server, after each entry and each move), `reconnecting` (the delay in ms), `reconnected`, and `end` (why, unless `leave`
 * was called).
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
    /** Id of the server that holds the connection, once entered. */
    this.connector = undefined;
  }

  /** Connects to the connector that the gate names. Rejects when that fails. */
  static async connect(username, rid) {
    return new Room(await connect(uidOf(username, rid)), username, rid);
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
    const client = this.#client;
    client.on('onChat', (message) => this.#tell('chat', message));
    client.on('onAdd', ({ user }) => this.#tell('add', user));
    client.on('onLeave', ({ user }) => this.#tell('leave', user));
    client.on('onRoom', (room) => this.#tell('room', room));
    client.events.on('close', ({ error }) => void this.#lost(error));
  }

  async #enterOnce() {
    // What happens in the room between our entry and the list of users belongs after the list.
    this.#early = [];
    const entry = { username: this.username, rid: this.rid };
    const { connector, ...room } = await this.#client.request('connector.entryHandler.enter', entry);
    this.connector = connector;
    const early = this.#early;
    this.#early = undefined;
    this.#dispatch('room', room);
    for (const [type, detail] of early) this.#dispatch(type, detail);
  }

  async #lost(error) {
    if (this.#left) return;
    if (error.code === 'KICKED' && !isStopping(error)) {
      this.#end(error);
      return;
    }
    const client = await wayBack(
      uidOf(this.username, this.rid),
      retryAfterMs(error),
      (delayMs) => this.#dispatch('reconnecting', delayMs),
      () => this.#left,
    );
    if (client === undefined) return;
    this.#client = client;
    if (this.#left) {
      void client.close();
      return;
    }
    this.#listen();
    await this.#enterAgain();
  }

  async #enterAgain(retries = RETRIES) {
    try {
      await this.#enterOnce();
      this.#dispatch('reconnected');
    } catch (error) {
      if (isForLater(error) && retries > 0) setTimeout(() => this.#retry(retries - 1), RETRY_MS);
      // Lost again: the next way back enters.
      else if (this.#client.state === 'open') this.#end(error);
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

function uidOf(username, rid) {
  return `${username}*${rid}`;
}
