import { basename } from 'node:path';
import { ROWS } from './rows.js';
import { titlesBeside } from './support/titles.js';
import { EVERY_TRANSPORT } from './support/transport.js';

const TITLE = /^row (\d+): .*[ (](tcp|ws|tls|wss)\)$/;

describe('the tests of hostile input', () => {
  /** `1 tcp` and so on: the row and the transport of every title. */
  let tried: ReadonlySet<string>;
  beforeAll(async () => {
    const titles = await titlesBeside(basename(import.meta.filename));
    tried = new Set(titles.map((title) => TITLE.exec(title)?.slice(1).join(' ') ?? title));
  });

  it('are of every row that needs no cluster, on every transport on which it applies', () => {
    const expected = [...ROWS].flatMap(([number, { transports }]) =>
      transports.map((transport) => `${number} ${transport}`),
    );
    expect(expected.filter((test) => !tried.has(test))).toEqual([]);
  });

  it('are of nothing but rows, and of no transport that the server does not speak', () => {
    const known = [...ROWS.keys()].flatMap((number) =>
      EVERY_TRANSPORT.map((transport) => `${number} ${transport}`),
    );
    expect([...tried].filter((test) => !known.includes(test))).toEqual([]);
  });

  it('are of the whole table', () => {
    const withoutCluster = Array.from({ length: 130 }, (_unused, index) => index + 1);
    expect([...ROWS.keys()]).toEqual([...withoutCluster, 136]);
  });
});
