import { avatar, element } from './elements.js';

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
/** Pixels from the end at which a reader still counts as being there. */
const NEAR_END = 80;
const MAX_ENTRIES = 500;

/** The messages and notices of a room, newest last. */
export class MessageLog {
  #list;
  #lastAuthor;

  constructor(list) {
    this.#list = list;
  }

  clear() {
    this.#list.replaceChildren();
    this.#lastAuthor = undefined;
  }

  /** `to` is the person whom a private message is for. */
  message({ from, text, own, to }) {
    const author = `${from}→${to ?? '*'}`;
    const follows = author === this.#lastAuthor;
    this.#lastAuthor = author;
    const bubble = element('p', 'bubble', text);
    bubble.dir = 'auto';
    const body = element('div', 'body');
    body.append(headOf(from, own, to), bubble);
    const entry = element('li', 'message');
    entry.classList.toggle('own', own);
    entry.classList.toggle('private', to !== undefined);
    entry.classList.toggle('follows', follows);
    entry.append(avatar(from), body);
    this.#append(entry, own);
  }

  notice(name, what) {
    this.#lastAuthor = undefined;
    const entry = element('li', 'notice');
    if (name !== undefined) entry.append(element('bdi', 'name', name), ' ');
    entry.append(what);
    this.#append(entry, false);
  }

  #append(entry, jump) {
    const list = this.#list;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END;
    list.append(entry);
    if (list.childElementCount > MAX_ENTRIES) list.firstElementChild.remove();
    if (atEnd || jump) list.scrollTop = list.scrollHeight;
  }
}

function headOf(from, own, to) {
  const head = element('p', 'head');
  head.append(element('bdi', 'name', own ? 'You' : from));
  if (to !== undefined) head.append(element('span', 'tag', own ? `only for ${to}` : 'only for you'));
  const now = new Date();
  const time = element('time', 'time', TIME.format(now));
  time.dateTime = now.toISOString();
  head.append(time);
  return head;
}
