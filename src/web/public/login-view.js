import { sentenceOf } from './problems.js';
import { Room } from './room.js';

const view = document.querySelector('#login');
const form = document.querySelector('#login-form');
const nameField = document.querySelector('#name');
const roomField = document.querySelector('#room');
const problemText = document.querySelector('#login-error');
const button = document.querySelector('#enter');

/** Asks for a name and a room, and calls `onConnected` with the room before it is entered. */
export class LoginView {
  #onConnected;

  constructor(onEntered) {
    this.#onEntered = onEntered;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#enter(nameField.value.trim(), roomField.value.trim());
    });
  }
}
