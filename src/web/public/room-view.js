import { Composer } from './composer.js';
import { ConnectionBadge } from './connection-badge.js';
import { MessageLog } from './message-log.js';
import { PeopleList } from './people-list.js';
import { sentenceOf } from './problems.js';

const EVERYBODY = '*';

const view = document.querySelector('#chat');
const title = document.querySelector('#room-title');
const servers = document.querySelector('#servers');

/** The room on the screen: what happens in it, and what its user does. */
export class RoomView {
  #room;
  #onEnd;
  #badge = new ConnectionBadge(document.querySelector('#connection'));
  #log = new MessageLog(document.querySelector('#messages'));
  #composer = new Composer(
    (text, target) => this.#send(text, target),
    (name) => this.#people.mark(name),
  );
  #people = new PeopleList(
    document.querySelector('#people'),
    document.querySelector('#people-count'),
    (name) => this.#writeTo(name),
  );

  /** `onEnd` gets the sentence that says why the room is left, empty when its user wanted to. */
  constructor(onEnd) {
    this.#onEnd = onEnd;
    document.querySelector('#leave').addEventListener('click', () => {
      this.#room.leave();
      this.#close('');
    });
  }

  /** Follows a room that will be entered. */
  attach(room) {
    this.#room = room;
    this.#log.clear();
    this.#composer.reset();
    this.#badge.connected();
    title.textContent = room.rid;
    const on = (type, listener) => room.addEventListener(type, ({ detail }) => listener(detail));
    on('room', ({ users, chat }) => {
      this.#people.replace(users, room.username);
      showServers(room.connector, chat);
    });
    on('chat', ({ from, msg, target }) => this.#onChat(from, msg, target));
    on('add', (user) => this.#people.add(user) && this.#log.notice(user, 'came in'));
    on('leave', (user) => this.#onLeave(user));
    on('reconnecting', (delayMs) => this.#onReconnecting(delayMs));
    on('reconnected', () => this.#onReconnected());
    on('end', (error) => this.#close(sentenceOf(error, room)));
  }

  /** Shows the room that has been entered. */
  show() {
    view.hidden = false;
    document.title = `${this.#room.rid} – Chat`;
    this.#log.notice(undefined, `Welcome to ${this.#room.rid}`);
    this.#composer.focus();
  }

  #close(problem) {
    if (view.hidden) return;
    view.hidden = true;
    document.title = 'Chat';
    this.#onEnd(problem);
  }

  #onChat(from, text, target) {
    const own = from === this.#room.username;
    this.#log.message({ from, text, own, to: target === EVERYBODY ? undefined : target });
  }

  #onLeave(user) {
    this.#people.remove(user);
    this.#log.notice(user, 'left');
    if (this.#composer.target === user) this.#composer.target = undefined;
  }

  #onReconnecting(delayMs) {
    this.#badge.reconnecting(delayMs);
    this.#composer.enable(false);
  }

  #onReconnected() {
    this.#badge.reconnected();
    this.#composer.enable(true);
    this.#composer.tell('');
  }

  #writeTo(name) {
    this.#composer.target = name;
    this.#composer.focus();
  }

  async #send(text, target) {
    const room = this.#room;
    try {
      await room.send(text, target ?? EVERYBODY);
    } catch (error) {
      throw new Error(sentenceOf(error, room), { cause: error });
    }
    // A private message goes to the other person only.
    if (target !== undefined) this.#log.message({ from: room.username, text, own: true, to: target });
  }
}

function showServers(connector, chat) {
  servers.textContent = connector === chat ? connector : `${connector} · ${chat}`;
}
