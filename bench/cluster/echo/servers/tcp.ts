import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { serveParent } from '../../../process/serve-parent.js';
import type { EchoServerApi } from '../echo-engine.js';
import { FramedSocket } from '../framed-socket.js';

const listener = createServer((socket) => {
  const framed = new FramedSocket(socket, (frame) => framed.send(frame));
}).listen(0, '127.0.0.1');
await once(listener, 'listening');
const { port } = listener.address() as AddressInfo;
serveParent<EchoServerApi>({ address: () => String(port) });
