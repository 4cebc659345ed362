const NEWS_MS = 4000;
/** Shorter waits show no seconds. */
const COUNTDOWN_FROM_MS = 1500;

/** Says how the connection is. The seconds of a countdown are seen, but not read out one by one. */
export class ConnectionBadge {
  #badge;
  #label;
  #seconds;
  #timer;

  constructor(badge) {
    this.#badge = badge;
    this.#label = badge.querySelector('.label');
    this.#seconds = badge.querySelector('.seconds');
  }

  connected() {
    this.#show('connected', 'Connected');
  }

  /** Back after a loss: said for a while, so that it is noticed. */
  reconnected() {
    this.#show('connected', 'Reconnected');
    this.#timer = setTimeout(() => this.connected(), NEWS_MS);
  }

  /** Counts down to the next attempt, `delayMs` from now. */
  reconnecting(delayMs) {
    this.#show('reconnecting', 'Reconnecting…');
    if (delayMs < COUNTDOWN_FROM_MS) return;
    const at = Date.now() + delayMs;
    const tick = () => {
      const seconds = Math.ceil((at - Date.now()) / 1000);
      this.#seconds.textContent = seconds > 0 ? `in ${seconds} s` : '';
    };
    tick();
    this.#timer = setInterval(tick, 500);
  }

  #show(state, text) {
    clearInterval(this.#timer);
    this.#badge.dataset.state = state;
    this.#seconds.textContent = '';
    if (this.#label.textContent !== text) this.#label.textContent = text;
  }
}
