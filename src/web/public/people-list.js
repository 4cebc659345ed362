import { avatar, element } from './elements.js';

const alphabetically = new Intl.Collator().compare;

/** Who is in the room. Choosing somebody else calls `onChoose`. */
export class PeopleList {
  #list;
  #count;
  #onChoose;
  #names = new Set();
  #self;
  #chosen;

  constructor(list, count, onChoose) {
    this.#list = list;
    this.#count = count;
    this.#onChoose = onChoose;
  }

  has(name) {
    return this.#names.has(name);
  }

  /** Everybody at once; `self` cannot be chosen. */
  replace(names, self) {
    this.#names = new Set(names);
    this.#self = self;
    this.#render();
  }

  /** False when the person was there already. */
  add(name) {
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    this.#render();
    return true;
  }

  remove(name) {
    this.#names.delete(name);
    this.#render();
  }

  /** Marks the person to whom the next message goes; `undefined` for everybody. */
  mark(name) {
    this.#chosen = name;
    for (const button of this.#list.querySelectorAll('button'))
      button.setAttribute('aria-pressed', String(button.dataset.name === name));
  }

  #render() {
    const focused = document.activeElement?.closest?.('#people button')?.dataset.name;
    const others = [...this.#names].filter((name) => name !== this.#self).toSorted(alphabetically);
    this.#list.replaceChildren(this.#ownEntry(), ...others.map((name) => this.#entry(name)));
    this.#count.textContent = String(this.#names.size);
    this.mark(this.#chosen);
    for (const button of this.#list.querySelectorAll('button'))
      if (button.dataset.name === focused) button.focus();
  }

  #ownEntry() {
    const entry = element('li', 'person self');
    entry.append(avatar(this.#self), element('bdi', 'name', this.#self), element('span', 'tag', 'you'));
    return entry;
  }

  #entry(name) {
    const button = element('button', 'person');
    button.type = 'button';
    button.dataset.name = name;
    button.title = `Write to ${name} alone`;
    button.append(avatar(name), element('bdi', 'name', name));
    button.addEventListener('click', () => this.#onChoose(name));
    const entry = element('li', '');
    entry.append(button);
    return entry;
  }
}
