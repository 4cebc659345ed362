import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import {
  decodeMessageHead,
  encodeMessage,
  MessageHead,
  MessageType,
  type MessageHeadFields,
} from 'nestjs-pomelo-protocol';
import { ChannelService, PomeloAdapter, SessionService, type HybridOptions } from 'nestjs-pomelo';
import type { PomeloClient } from 'nestjs-pomelo-client';
import { ask } from '../support/ask.js';
import { startApp, type RunningApp } from '../support/pomelo-app.js';
import { until } from '../support/until.js';
import { faults } from './fault-hook.js';
import { BareHandler, FaultyHandler, FaultyRemote, GlobalGuard, GlobalPipe } from './faulty.handler.js';
import { FaultyGateway, FaultyListeners, HandshakeGuard, Witness } from './faulty-listeners.js';

/** What the application of a scene has besides what every one has. */
export interface SceneSetup {
  /** A global guard and a global pipe. Default false: then a handler without enhancers is called directly. */
  readonly globals?: boolean;
  /** A codec of the application. Default false. */
  readonly codec?: boolean;
}

/** An application that can fail everywhere, a client for whom it does, and one who must not notice. */
export interface Scene extends RunningApp {
  readonly victim: PomeloClient;
  readonly bystander: PomeloClient;
}

const CODEC: Partial<HybridOptions> = {
  decode: (_client, message) => {
    const head = new MessageHead();
    decodeMessageHead(message, 0, message.length, head);
    const { id, route, bodyStart } = head;
    return faults.at('decode', {
      id,
      route,
      body: JSON.parse(message.toString('utf8', bodyStart)) as unknown,
    });
  },
  encode: (_client, id, route, body) => {
    const head: MessageHeadFields =
      id === undefined ? { type: MessageType.Push, route } : { type: MessageType.Response, id };
    return faults.at('encode', Buffer.from(encodeMessage(head, Buffer.from(JSON.stringify(body)))));
  },
};

/** Starts a scene: both clients are in the room. */
export async function startScene({ globals = false, codec = false }: SceneSetup): Promise<Scene> {
  const everywhere = [
    { provide: APP_GUARD, useClass: GlobalGuard },
    { provide: APP_PIPE, useClass: GlobalPipe },
  ];
  const running = await startApp({
    http: true,
    providers: [
      FaultyHandler,
      FaultyRemote,
      BareHandler,
      FaultyListeners,
      FaultyGateway,
      Witness,
      ...(globals ? everywhere : []),
    ],
    hybrid: {
      checkClient: () => faults.at('checkClient', true),
      handshakeValidators: { faulty: () => faults.at('handshake validator', undefined) },
      ...(codec ? CODEC : {}),
    },
    options: {
      handshakeGuards: [HandshakeGuard],
      limits: { requestMs: 150, handshakeHookMs: 150, handshakeMs: 2000 },
      push: { select: () => faults.at('push.select', 'direct') },
      routes: { t: ({ servers }) => faults.at('routing function', servers[0]) },
    },
  });
  const victim = await running.connect({ reconnect: false });
  const bystander = await running.connect({ protocol: 'ws', reconnect: false });
  await ask(victim, 't.bare.enter', { uid: 'victim' });
  await ask(bystander, 't.bare.enter', { uid: 'bystander' });
  return { ...running, victim, bystander };
}

/** The bystander is served as ever: its requests are answered, and pushes reach it. */
export async function expectBystanderServed({ bystander }: Scene): Promise<void> {
  expect(await ask(bystander, 't.faulty.run')).toBe('fine');
  expect(await ask(bystander, 't.faulty.remote')).toBe('fine');
  const push = bystander.once('onShout');
  expect(await ask(bystander, 't.bare.shout', { text: 'hello' })).toBe('fine');
  expect(await push).toEqual({ text: 'hello' });
}

/** When everybody has left, nothing is left of anybody. */
export async function expectNothingLeft({ app, victim, bystander }: Scene): Promise<void> {
  await Promise.all([victim.close(), bystander.close()]);
  const sessions = app.get(SessionService);
  const witness = app.get(Witness);
  const left = (): number[] => [
    sessions.getSessionsCount(),
    sessions.getBoundUsersCount(),
    app.get(ChannelService).createChannel('room').getUserAmount(),
    app.get(PomeloAdapter).connections.open,
    witness.connected,
    witness.bound.size,
  ];
  await until(() => left().every((count) => count === 0));
  // What RxJS and Node throw into the process, they throw in a later turn; it fails the test that is running then.
  await new Promise((resolve) => setTimeout(resolve));
}
