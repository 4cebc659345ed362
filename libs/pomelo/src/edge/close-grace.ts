/** Time for the last bytes to arrive, and for the other side to answer them, before a connection is cut, in ms. */
export const CLOSE_GRACE_MS = 500;
