/** One number of a figure. */
export interface Measure {
  readonly what: string;
  readonly value: number;
  readonly unit?: string;
  /** The target; undefined when there is none, or when it says nothing at this size. */
  readonly atMost?: number | undefined;
  /** A slow machine misses it, too: then it is no failure. Default false. */
  readonly dependsOnSpeed?: boolean;
}

/** What was measured. */
export interface Figure {
  readonly measures: readonly Measure[];
  /** What went wrong first. */
  readonly note?: string | undefined;
}

/** A target was missed that any machine can meet. */
export function isMissed({ measures }: Figure): boolean {
  return measures.some((measure) => isOver(measure) && measure.dependsOnSpeed !== true);
}

/** One line: each number beside its target. */
export function describeFigure({ measures, note }: Figure): string {
  const numbers = measures.map(
    (measure) => `${measure.what} ${describeValue(measure)}${describeTarget(measure)}`,
  );
  return [...numbers, ...(note === undefined ? [] : [note])].join(' · ');
}

function describeValue({ value, unit }: Measure): string {
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
  return unit === undefined ? text : `${text} ${unit}`;
}

function describeTarget(measure: Measure): string {
  const { atMost, dependsOnSpeed } = measure;
  if (atMost === undefined) return '';
  const verdict = dependsOnSpeed === true ? ': slower here' : ': MISSED';
  return ` (at most ${atMost}${isOver(measure) ? verdict : ''})`;
}

/** What is no number is over every target. */
function isOver({ value, atMost }: Measure): boolean {
  return atMost !== undefined && !(value <= atMost);
}
