/** The order of a round: every other one goes backwards, so that what drifts is shared. */
export function inTurn<T>(all: readonly T[], round: number): readonly T[] {
  return round % 2 === 0 ? all : all.toReversed();
}
