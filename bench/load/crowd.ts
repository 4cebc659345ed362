import type { Dialect } from './dialects/dialect.js';
import { Link, type LinkEvents } from './link.js';

/** Connections that are made at a time: more than a listening socket keeps waiting would be refused. */
const AT_ONCE = 128;

/** Connects clients, and waits until all are let in. */
export async function openCrowd(
  port: number,
  dialect: Dialect,
  count: number,
  events: Omit<LinkEvents, 'onReady'>,
): Promise<Link[]> {
  const links: Link[] = [];
  await new Promise<void>((resolve, reject) => {
    let ready = 0;
    const opening: LinkEvents = {
      onAnswers: (link, answers) => events.onAnswers(link, answers),
      onPushes: (link, pushes) => events.onPushes(link, pushes),
      onReady: () => {
        ready += 1;
        if (ready === count) resolve();
        else if (links.length < count) open();
      },
      onFailure: (error) => {
        reject(error);
        events.onFailure(error);
      },
    };
    const open = (): void => {
      links.push(new Link({ port }, dialect, opening));
    };
    while (links.length < Math.min(count, AT_ONCE)) open();
  });
  return links;
}
