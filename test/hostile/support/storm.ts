const AT_ONCE = 50;

/** Does something so many times, 50 at once. */
export async function storm(times: number, round: () => Promise<unknown>): Promise<void> {
  for (let done = 0; done < times; done += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, times - done) }, () => round()));
  }
}
