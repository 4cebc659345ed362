import { PomeloClient, type ClientOptions } from 'nestjs-pomelo-client';
import type { Script, ScriptedPeer } from './scripted-peer.js';
import { ScriptedServer, type ServerKind } from './scripted-server.js';

/** Closes what a test opened, newest first. */
export class OpenThings {
  private readonly closers: (() => Promise<void>)[] = [];

  /** Remembers something to close. */
  add<T extends { close(): Promise<void> }>(thing: T): T {
    this.closers.unshift(() => thing.close());
    return thing;
  }

  /** A server that is closed after the test. */
  async server(kind: ServerKind, script?: Partial<Script>): Promise<ScriptedServer> {
    return this.add(await ScriptedServer.listen(kind, script));
  }

  /** A client that is closed after the test, and the server's end of it. */
  async connected(
    server: ScriptedServer,
    options?: ClientOptions,
  ): Promise<{ client: PomeloClient; peer: ScriptedPeer }> {
    const connecting = PomeloClient.connect(server.url, options);
    const peer = await server.peers.take();
    return { client: this.add(await connecting), peer };
  }

  /** Closes everything. */
  async close(): Promise<void> {
    for (const close of this.closers.splice(0)) await close();
  }
}
