const form = document.querySelector('#composer');
const field = document.querySelector('#text');
const button = document.querySelector('#send');
const recipient = document.querySelector('#recipient');
const recipientName = document.querySelector('#recipient-name');
const problemText = document.querySelector('#send-error');

/** Where messages are written: to everybody, or to one person. */
export class Composer {
  #send;
  #onTarget;
  #target;

  /** `send(text, target)` rejects with the sentence to show; `onTarget` hears who is chosen. */
  constructor(send, onTarget) {
    this.#send = send;
    this.#onTarget = onTarget;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
    form.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.#choose(undefined);
    });
    document.querySelector('#everybody').addEventListener('click', () => this.#choose(undefined));
  }

  /** Starts anew, for another room. */
  reset() {
    field.value = '';
    this.tell('');
    this.target = undefined;
    this.enable(true);
  }

  /** While the connection is lost, what is written stays and waits. */
  enable(on) {
    button.disabled = !on;
  }

  focus() {
    field.focus();
  }

  /** Shows what went wrong; an empty text clears it. */
  tell(problem) {
    problemText.textContent = problem;
  }

  /** The person to write to; `undefined` is everybody. */
  get target() {
    return this.#target;
  }

  set target(name) {
    this.#target = name;
    recipient.hidden = name === undefined;
    recipientName.textContent = name ?? '';
    field.placeholder = name === undefined ? 'Write to everybody' : `Write to ${name} alone`;
    this.#onTarget(name);
  }

  #choose(name) {
    this.target = name;
    this.focus();
  }

  async #submit() {
    const text = field.value.trim();
    if (text === '' || button.disabled) return;
    this.tell('');
    field.value = '';
    try {
      await this.#send(text, this.#target);
    } catch (problem) {
      this.tell(problem.message);
      // Not what has been written meanwhile.
      if (field.value === '') field.value = text;
    }
  }
}
