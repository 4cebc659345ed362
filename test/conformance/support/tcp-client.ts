import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { AsyncQueue, type ForeignClient } from './foreign-client.js';
import { PackageLog } from './package-log.js';
import { protobuf, protocol, type DecodedMessage } from './pomelo-codecs.js';

const { Package, Message } = protocol;
const HANDSHAKE = 1;
const ACK = 2;
const HEARTBEAT = 3;
const DATA = 4;
const KICK = 5;
const REQUEST = 0;
const NOTIFY = 1;

/** The part of the handshake answer that the codecs need. */
interface Welcome {
  readonly code: number;
  readonly sys: {
    readonly heartbeat?: number;
    readonly dict?: Readonly<Record<string, number>>;
    readonly protos?: { readonly client: object; readonly server: object };
  };
  readonly user?: unknown;
}

/** A TCP client whose every byte is read and written by the codecs of Pomelo itself; it beats as the browser client does. */
export class CodecTcpClient implements ForeignClient {
  readonly log = new PackageLog();
  readonly kicked: Promise<unknown>;
  readonly closed: Promise<unknown>;
  private readonly kicks = new AsyncQueue<unknown>();
  private readonly handshakes = new AsyncQueue<Welcome>();
  private readonly answers = new Map<number, { route: string; resolve: (body: unknown) => void }>();
  private readonly listeners = new Map<string, AsyncQueue<unknown>>();
  private routes: Readonly<Record<string, number>> = {};
  private inward: object = {};
  private outward: object = {};
  private pending = Buffer.alloc(0);
  private beat: NodeJS.Timeout | undefined;
  private lastId = 0;
  private welcome: Welcome = { code: 0, sys: {} };

  private constructor(private readonly socket: Socket) {
    this.kicked = this.kicks.take();
    this.closed = once(socket, 'close');
    socket.on('data', (chunk) => this.onBytes(chunk));
    socket.on('close', () => clearTimeout(this.beat));
  }

  get user(): unknown {
    return this.welcome.user;
  }

  static async connect(port: number, user: unknown): Promise<CodecTcpClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const client = new CodecTcpClient(socket);
    const hello = { sys: { type: 'tcp', version: '0.0.1', rsa: {} }, user };
    socket.write(Package.encode(HANDSHAKE, protocol.strencode(JSON.stringify(hello))));
    client.use(await client.handshakes.take());
    socket.write(Package.encode(ACK));
    return client;
  }

  request(route: string, body: unknown): Promise<unknown> {
    this.lastId += 1;
    const id = this.lastId;
    this.write(id, REQUEST, route, body);
    return new Promise((resolve) => this.answers.set(id, { route, resolve }));
  }

  notify(route: string, body: unknown): void {
    this.write(0, NOTIFY, route, body);
  }

  listen(route: string): () => Promise<unknown> {
    const pushes = new AsyncQueue<unknown>();
    this.listeners.set(route, pushes);
    return () => pushes.take();
  }

  disconnect(): void {
    this.socket.end();
  }

  private use(welcome: Welcome): void {
    this.welcome = welcome;
    this.routes = welcome.sys.dict ?? {};
    const { client = {}, server = {} } = welcome.sys.protos ?? {};
    this.inward = server;
    this.outward = client;
    protobuf.init({ encoderProtos: client, decoderProtos: server });
  }

  private write(id: number, type: number, route: string, body: unknown): void {
    const bytes = route in this.outward ? protobuf.encode(route, body) : text(body);
    const code = this.routes[route];
    const message = Message.encode(id, type, code === undefined ? 0 : 1, code ?? route, bytes);
    this.socket.write(Package.encode(DATA, message));
  }

  /** The codec reads whole packages only. */
  private onBytes(chunk: Buffer): void {
    this.pending = Buffer.concat([this.pending, chunk]);
    while (this.pending.length >= 4) {
      const end = 4 + this.pending.readUIntBE(1, 3);
      if (this.pending.length < end) return;
      const whole = this.pending.subarray(0, end);
      this.pending = this.pending.subarray(end);
      this.log.add(whole);
      const { type, body } = Package.decode(whole);
      this.onPackage(type, body ?? Buffer.alloc(0));
    }
  }

  private onPackage(type: number, body: Buffer): void {
    if (type === HANDSHAKE) this.handshakes.put(JSON.parse(protocol.strdecode(body)) as Welcome);
    else if (type === HEARTBEAT) this.onHeartbeat();
    else if (type === DATA) this.onMessage(Message.decode(body));
    else if (type === KICK) this.kicks.put(JSON.parse(protocol.strdecode(body)));
  }

  private onHeartbeat(): void {
    this.beat = setTimeout(
      () => this.socket.write(Package.encode(HEARTBEAT)),
      (this.welcome.sys.heartbeat ?? 0) * 1000,
    );
  }

  private onMessage({ id, compressRoute, route, body }: DecodedMessage): void {
    const request = this.answers.get(id);
    const name = request?.route ?? (compressRoute === 1 ? this.routeOf(Number(route)) : String(route));
    const value = name in this.inward ? protobuf.decode(name, body) : JSON.parse(protocol.strdecode(body));
    this.answers.delete(id);
    if (request === undefined) this.listeners.get(name)?.put(value);
    else request.resolve(value);
  }

  private routeOf(code: number): string {
    return Object.entries(this.routes).find(([, known]) => known === code)?.[0] ?? '';
  }
}

function text(body: unknown): Buffer {
  return protocol.strencode(JSON.stringify(body));
}
