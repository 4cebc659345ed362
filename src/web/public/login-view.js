import { sentenceOf } from './problems.js';

const view = document.querySelector('#login');
const form = document.querySelector('#login-form');
const nameField = document.querySelector('#name');
const roomField = document.querySelector('#room');
const problemText = document.querySelector('#login-error');
const button = document.querySelector('#enter');

/** Asks for a name and a room, until entering succeeds. */
export class LoginView {
  #enter;

  /** `enter(username, rid)` rejects when the two do not do. */
  constructor(enter) {
    this.#enter = enter;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit(nameField.value.trim(), roomField.value.trim());
    });
  }

  /** Shows the form, with what went wrong before. */
  show(problem = '') {
    view.hidden = false;
    problemText.textContent = problem;
    nameField.focus();
  }

  async #submit(username, rid) {
    problemText.textContent = '';
    button.disabled = true;
    try {
      await this.#enter(username, rid);
      view.hidden = true;
    } catch (error) {
      this.show(sentenceOf(error, { username, rid }));
      nameField.select();
    } finally {
      button.disabled = false;
    }
  }
}
