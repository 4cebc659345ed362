import type { HandshakeData } from '../connectors/connector.interface.js';

/** Where tokens are unless the option `tokenOf` says otherwise: `user.token` of the handshake. */
export function tokenOfUser({ user }: HandshakeData): unknown {
  return typeof user === 'object' && user !== null && Object.hasOwn(user, 'token')
    ? Reflect.get(user, 'token')
    : undefined;
}
