import { connect } from './gate.js';

const MIN_DELAY_MS = 500;
const MAX_DELAY_MS = 8000;

/**
 * Connects again, by the gate each time: the connector that served the user may be gone for good. `onWait` hears the delay
 * before each attempt, in ms, the first of which is `afterMs` longer; gives nothing when `isOver` says that nobody wants to
 * come back any more.
 */
export async function wayBack(uid, afterMs, onWait, isOver) {
  for (let attempt = 0; ; attempt += 1) {
    // Not all at once: the others were cut off, too.
    const jitterMs = Math.random() * Math.min(MAX_DELAY_MS, MIN_DELAY_MS * 2 ** attempt);
    const delayMs = attempt === 0 ? afterMs + jitterMs : jitterMs;
    onWait(delayMs);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (isOver()) return undefined;
    try {
      return await connect(uid);
    } catch {
      // The next attempt may find a server.
    }
  }
}
