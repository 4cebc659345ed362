/** The longest that a timer of Node can wait, in ms; a longer one fires at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;
