import {
  ConnectedSession,
  Handler,
  type ClientMessage,
  type HybridOptions,
  type PomeloModuleOptions,
  type Session,
} from 'nestjs-pomelo';
import { encodePackage, PackageType } from 'nestjs-pomelo-protocol';
import { startApp, type RunningApp } from './pomelo-app.js';
import { RawClient, type ReceivedPackage } from './raw-client.js';
import { until } from './until.js';

/** Answers with what it was sent; `bye` pushes and kicks. */
@Handler('t.desk')
export class Desk {
  readonly seen: unknown[] = [];
  @Handler() echo(_session: unknown, body: unknown): unknown {
    this.seen.push(body);
    return body;
  }
  @Handler() async bye(@ConnectedSession() session: Session): Promise<void> {
    await session.send('onBye', 'slow');
    await session.kick('enough');
  }
}

/** One message of the protocol of this application, which is JSON alone. */
export function say(id: number | undefined, body: unknown, route = 't.desk.echo'): Uint8Array {
  return encodePackage(PackageType.Data, Buffer.from(JSON.stringify({ id, route, body })));
}

/** What {@link say} wrote. */
export const read = (message: Buffer): ClientMessage => JSON.parse(message.toString()) as ClientMessage;
/** What the server says in that protocol. */
export const write = (id: number | undefined, route: string, body: unknown): Buffer =>
  Buffer.from(JSON.stringify({ id, route, body }));

/** The body of what {@link write} wrote. */
export function bodyOf(received: ReceivedPackage | undefined): unknown {
  return (JSON.parse(Buffer.from(received?.bytes ?? []).toString()) as { body: unknown }).body;
}

/** Lets a test say when, and in which order, each of several waits ends. */
export class Gates {
  readonly waiting: { readonly what: unknown; readonly open: (error?: Error) => void }[] = [];

  /** Waits until a test opens the gate. */
  pass(what: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ what, open: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  }

  /** Waits until so many are waiting. */
  async count(count: number): Promise<void> {
    await until(() => this.waiting.length >= count);
  }
}

/** A started application with that protocol, and a client of it. */
export interface CodedApp extends RunningApp {
  readonly client: RawClient;
  readonly desk: Desk;
}

/** Starts it; the codec is synchronous where it is not given. */
export async function startCoded(
  codec: Partial<HybridOptions>,
  options: PomeloModuleOptions = {},
): Promise<CodedApp> {
  const coder: Partial<HybridOptions> = {
    decode: (_client, message) => read(message),
    encode: (_client, id, route, body) => write(id, route, body),
    ...codec,
  };
  const running = await startApp({ providers: [Desk], hybrid: coder, options });
  return { ...running, client: await RawClient.ready(running.port), desk: running.app.get(Desk) };
}
