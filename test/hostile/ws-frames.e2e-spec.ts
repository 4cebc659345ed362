import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { pack, request } from '../conformance/support/wire-bytes.js';
import { expectClose, expectRefusal } from './support/refusals.js';
import { attackedServer, SOME } from './support/row.js';
import { closeFrame, frame } from './support/ws-bytes.js';

const { row } = attackedServer();

const HEARTBEAT = pack(3);
const MEGABYTE = Buffer.alloc(1024 * 1024);

/** Sends frames to a working session, and expects it to be closed with a code. */
function closedFor(number: number, variant: string, code: number, ...frames: readonly Buffer[]): void {
  row(number, { variant }, async ({ working }) => {
    const client = await working();
    client.raw(...frames);
    await expectClose(client, code);
  });
}

/** A message whose fragments never end. */
function endless(number: number, payload: string): void {
  row(number, {}, async ({ working }) => {
    const client = await working();
    client.raw(frame(payload, { fin: false }));
    const thousand = Array.from({ length: 1000 }, () => frame(payload, { fin: false, opcode: 0 }));
    const written = client.flood(Buffer.concat(thousand), 1000);
    await expectClose(client, 1008);
    await written;
  });
}

describe('a WebSocket frame that breaks the protocol', () => {
  closedFor(44, 'a heartbeat', 1002, frame(HEARTBEAT, { masked: false }));
  for (const rsv of [4, 2, 1]) closedFor(45, `RSV ${rsv}`, 1002, frame(HEARTBEAT, { rsv }));
  for (const opcode of [3, 7, 11, 15]) closedFor(45, `opcode ${opcode}`, 1002, frame(HEARTBEAT, { opcode }));
  closedFor(46, 'fragmented', 1002, frame('', { opcode: 9, fin: false }));
  closedFor(46, '126 bytes', 1002, frame('x'.repeat(126), { opcode: 9 }));
  closedFor(47, 'a continuation first', 1002, frame(HEARTBEAT, { opcode: 0 }));
  closedFor(47, 'interleaved', 1002, frame(HEARTBEAT, { fin: false }), frame(HEARTBEAT));
  closedFor(56, 'code 999', 1002, closeFrame(999));
  closedFor(56, 'one byte', 1002, frame('x', { opcode: 8 }));
});

describe('a WebSocket frame that is too much', () => {
  closedFor(48, '2^63-1 bytes', 1009, Buffer.from('82ff7fffffffffffffff00000000', 'hex'));
  closedFor(48, '1 TB', 1009, Buffer.from('82ff000001000000000000000000', 'hex'));

  row(49, {}, async ({ working }) => {
    const client = await working();
    client.raw(Buffer.from('82ff0000000005a0000000000000', 'hex'));
    const written = client.flood(MEGABYTE, 90);
    await expectClose(client, 1009);
    await written;
  });

  endless(50, 'x');
  endless(51, '');

  // Compression is not negotiated, so the bit that announces it is a mistake, whatever is inside.
  row(53, { counts: { ws_protocol: 1 } }, async ({ working }) => {
    const client = await working();
    client.raw(frame(deflateRawSync(Buffer.alloc(50 * 1024 * 1024)), { rsv: 4 }));
    await expectClose(client, 1002);
  });
});

describe('a flood of pings', () => {
  const thousand = Buffer.concat(Array.from({ length: 1000 }, () => frame('x'.repeat(100), { opcode: 9 })));

  row(52, { counts: { ping_flood: SOME } }, async ({ workUntil, working, bystander }) => {
    const client = await working();
    const written = client.flood(thousand, 500);
    expect(await workUntil(bystander.echo())).toBeLessThan(1000);
    await expectRefusal(client, 'ping_flood', 4429);
    await written;
  });

  row(
    52,
    { variant: 'pongs unread', counts: { ping_flood: SOME }, ends: { ping_flood: 1 } },
    async (attack) => {
      const client = await attack.working();
      client.stopReading();
      await client.flood(thousand, 500);
      await attack.server.isLeftAlone();
    },
  );
});

describe('a WebSocket message that is text', () => {
  row(54, {}, async ({ working }) => {
    const client = await working();
    client.raw(frame('{"route":"connector.echoHandler.mark"}', { opcode: 1 }));
    await expectRefusal(client, 'ws_text', 1003);
  });

  row(54, { variant: 'before the handshake' }, async ({ connect }) => {
    const client = await connect();
    client.raw(frame('{"sys":1}', { opcode: 1 }));
    await expectRefusal(client, 'ws_text', 1003);
  });

  row(55, {}, async ({ working }) => {
    const client = await working();
    client.raw(frame(Buffer.from([0xff, 0xfe]), { opcode: 1 }));
    await expectClose(client, 1007);
  });
});

describe('a WebSocket that has said goodbye', () => {
  row(57, {}, async ({ working, bystander }) => {
    const before = await bystander.ask('connector.echoHandler.countMarks');
    const client = await working();
    const mark = request(1, 'connector.echoHandler.mark');
    client.raw(closeFrame(1000), frame(mark), frame(randomBytes(100)));
    await expectClose(client, 1000);
    expect(await bystander.ask('connector.echoHandler.countMarks')).toBe(before);
  });
});
