/** Memory at a time. */
export interface MemoryPoint {
  /** In ms. */
  readonly at: number;
  /** Resident set, in bytes. */
  readonly rss: number;
}

const MIB = 2 ** 20;
const MS_PER_MINUTE = 60_000;

/** By how much memory grew over the second half of the points, in MiB a minute: the slope of the line of least squares. */
export function growthOf(points: readonly MemoryPoint[]): number {
  const half = points.slice(points.length >> 1);
  const mean = (of: (point: MemoryPoint) => number): number =>
    half.reduce((sum, point) => sum + of(point), 0) / half.length;
  const [at, rss] = [mean((point) => point.at), mean((point) => point.rss)];
  const covariance = mean((point) => (point.at - at) * (point.rss - rss));
  const variance = mean((point) => (point.at - at) ** 2);
  return variance > 0 ? ((covariance / variance) * MS_PER_MINUTE) / MIB : 0;
}
