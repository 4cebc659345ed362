import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { readScrape, type Scrape } from '../../support/scrape.js';

/** `reason transport`, and how often it was counted. */
export type Counts = Readonly<Record<string, number>>;

/** What the server tells its operator at one moment. */
export class Counters {
  private constructor(private readonly page: Scrape) {}

  /** Reads the page that Prometheus would read, on a connection that does not stay: descriptors are counted, too. */
  static async read(port: number): Promise<Counters> {
    const request = get({ port, host: '127.0.0.1', path: '/metrics', agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return new Counters(readScrape(await text(response)));
  }

  /** What there is now. */
  get gauges(): Readonly<Record<string, number>> {
    return { connections: this.page.sum('pomelo_connections'), sessions: this.page.sum('pomelo_sessions') };
  }

  /** What was refused since an earlier moment. */
  refusalsSince(earlier: Counters): Counts {
    return difference(earlier.countsOf('pomelo_rejects_total'), this.countsOf('pomelo_rejects_total'));
  }

  /** Why sessions ended since an earlier moment. */
  endsSince(earlier: Counters): Counts {
    return difference(
      earlier.countsOf('pomelo_session_ends_total'),
      this.countsOf('pomelo_session_ends_total'),
    );
  }

  private countsOf(metric: string): Counts {
    const counts: Record<string, number> = {};
    for (const { name, labels, value } of this.page.samples) {
      if (name !== metric) continue;
      const key = `${labels['reason']} ${labels['transport']}`;
      counts[key] = (counts[key] ?? 0) + value;
    }
    return counts;
  }
}

function difference(before: Counts, after: Counts): Counts {
  const moved = Object.entries(after).map(([key, count]) => [key, count - (before[key] ?? 0)] as const);
  return Object.fromEntries(moved.filter(([, count]) => count > 0));
}
