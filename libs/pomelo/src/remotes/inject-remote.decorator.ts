import { Inject, type Provider, type Type } from '@nestjs/common';
import { remoteNameOf } from './remote.decorator.js';
import { RemoteClients } from './remote-clients.js';

// Decoration metadata, like Nest's own: which remotes some class of this program injects.
const injected = new Set<Type<object>>();

/** Injection token of the client of a remote; for `overrideProvider` in tests. */
export function getRemoteToken(remote: Type<object>): string {
  return `RemoteClient<${remoteNameOf(remote) ?? remote.name}>`;
}

/** Injects the typed client of a remote: `@InjectRemote(ChatRemote) chat: RemoteClient<ChatRemote>`. */
export function InjectRemote(remote: Type<object>): ParameterDecorator & PropertyDecorator {
  injected.add(remote);
  return Inject(getRemoteToken(remote));
}

/** One provider for every remote that is injected somewhere. Read when Nest scans the module: all classes are loaded by then. */
export function remoteClientProviders(): Provider[] {
  return [...injected].map((remote) => ({
    provide: getRemoteToken(remote),
    useFactory: (clients: RemoteClients) => clients.clientOf(remote),
    inject: [RemoteClients],
  }));
}
