import { rendezvous, type RoutingFunction } from 'nestjs-pomelo';

/** Everybody in a room talks through the same chat server. */
export const byRoom: RoutingFunction = ({ session, key, servers }) =>
  rendezvous(session?.get('rid') ?? key, servers);
