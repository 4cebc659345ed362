import type { PeerId } from '../cluster/cluster-driver.interface.js';

const LENGTH_BYTES = 2;

/** What a message begins with: a length as u16 big-endian, and `id.inc.role`. */
export function senderPrefix({ id, inc, role }: PeerId): Buffer {
  const sender = Buffer.from(`${id}.${inc}.${role}`);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt16BE(sender.length);
  return Buffer.concat([length, sender]);
}

/** Who sent a message, and what. The bytes are a view. `undefined` when it is no message of a server. */
export function openEnvelope(message: Buffer): { from: PeerId; bytes: Buffer } | undefined {
  if (message.length < LENGTH_BYTES) return undefined;
  const end = LENGTH_BYTES + message.readUInt16BE();
  const [sender, id, inc, role] =
    /^([\w-]+)\.([\w-]+)\.(.*)$/s.exec(message.toString('utf8', LENGTH_BYTES, end)) ?? [];
  if (sender === undefined || id === undefined || inc === undefined || role === undefined) return undefined;
  return message.length < end ? undefined : { from: { id, inc, role }, bytes: message.subarray(end) };
}
