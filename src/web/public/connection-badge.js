const NEWS_MS = 4000;
/** Shorter waits show no seconds. */
const COUNTDOWN_FROM_MS = 1500;

/** Says how the connection is. */
export class ConnectionBadge {
  #badge;
  #timer;

  constructor(badge) {
    this.#badge = badge;
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
      this.#badge.textContent = seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting…';
      if (seconds <= 0) clearInterval(this.#timer);
    };
    tick();
    this.#timer = setInterval(tick, 500);
  }

  #show(state, text) {
    clearInterval(this.#timer);
    this.#badge.dataset.state = state;
    this.#badge.textContent = text;
  }
}
