import { PackageType } from 'nestjs-pomelo-protocol';
import { request } from '../conformance/support/wire-bytes.js';
import { attackedServer, SOME } from './support/row.js';
import { isFramed } from './support/transport.js';
import { frame } from './support/ws-bytes.js';

const ECHO = 'connector.echoHandler.echo';
const KILOBYTE = 1024;

describe('a client that does not read', () => {
  const unlimited = 1_000_000_000;
  const limits = { messagesPerSecond: unlimited, messageBurst: unlimited, writeStallMs: 500 };
  const { row } = attackedServer({ limits });

  for (const [number, bytes, times] of [
    [114, 64 * KILOBYTE - 100, 5_000],
    [115, 600, 100_000],
  ] as const) {
    row(number, { ends: { slow_reader: 1 } }, async ({ workUntil, working, bystander }) => {
      const client = await working();
      await client.ask(1, ECHO);
      client.stopReading();
      const one = request(1, ECHO, JSON.stringify('x'.repeat(bytes)));
      const hundred = Array.from({ length: 100 }, () => (isFramed(client.transport) ? frame(one) : one));
      const written = client.flood(Buffer.concat(hundred), times / 100);
      expect(await workUntil(bystander.echo())).toBeLessThan(1000);
      expect(await written).toBeLessThan(times / 100);
    });
  }

  row(
    116,
    { counts: { slow_consumer: 1, push_dropped: SOME }, ends: { slow_consumer: 1 } },
    async (attack) => {
      const [slow, ...readers] = [await attack.working(), await attack.working(), await attack.working()];
      for (const client of [slow, ...readers]) await client.ask(1, 'connector.roomHandler.join');
      slow.stopReading();
      const count = 8;
      for (let burst = 0; burst < 40; burst += 1) {
        await attack.bystander.ask('connector.roomHandler.burst', { count, bytes: 64 * KILOBYTE });
        for (const reader of readers)
          for (let push = 0; push < count; push += 1)
            expect(await reader.packages.take()).toMatchObject({ type: PackageType.Data, route: 'onFlood' });
      }
    },
  );
});

describe('a client that asks too much', () => {
  const { row } = attackedServer();

  row(117, { counts: { rate_limited: SOME } }, async ({ workUntil, working, bystander }) => {
    const client = await working();
    const one = request(1, ECHO, '"again"');
    const thousand = Array.from({ length: 1000 }, () => (isFramed(client.transport) ? frame(one) : one));
    const written = client.flood(Buffer.concat(thousand), 60);
    expect(await workUntil(bystander.echo())).toBeLessThan(1000);
    const came = await client.rest();
    const answers = came.slice(0, -1).map(({ json }) => json);
    expect(answers.filter((answer) => answer === 'again').length).toBeGreaterThanOrEqual(400);
    expect(new Set(answers.slice(400).map((answer) => JSON.stringify(answer))).size).toBeLessThanOrEqual(2);
    expect(came.at(-1)).toEqual({ type: PackageType.Kick, json: { reason: 'rate_limited', code: 4429 } });
    await written;
  });
});
