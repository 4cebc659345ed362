import { once } from 'node:events';
import { connect } from 'node:net';
import { echoSettings } from '../echo-settings.js';
import { FramedSocket } from '../framed-socket.js';
import { serveLoad } from '../load.js';

const NUMBER_BYTES = 4;

const { address } = echoSettings();
const socket = connect(Number(address), '127.0.0.1');
await once(socket, 'connect');
const waiting = new Map<number, (answer: Buffer) => void>();
let asked = 0;

const framed = new FramedSocket(socket, (frame) => {
  const number = frame.readUInt32BE();
  waiting.get(number)?.(frame.subarray(NUMBER_BYTES));
  waiting.delete(number);
});

serveLoad((body) => {
  asked += 1;
  const number = Buffer.allocUnsafe(NUMBER_BYTES);
  number.writeUInt32BE(asked);
  return new Promise((resolve) => {
    waiting.set(asked, resolve);
    framed.send(number, body);
  });
});
