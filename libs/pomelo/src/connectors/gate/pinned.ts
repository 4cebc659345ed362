import { rendezvous, type RoutingFunction } from '../../cluster/routing.js';

/**
 * Routes to the server that the session is pinned to: the value `type@id` under the key that is the type, for example
 * `hall: 'hall@hall-1'`. Who is not pinned, or to a server that does not run, goes where `otherwise` says; default by key.
 *
 * @example routes: { hall: pinned() }
 */
export function pinned(
  otherwise: RoutingFunction = ({ key, servers }) => rendezvous(key, servers),
): RoutingFunction {
  return (request) => {
    const { session, servers, type } = request;
    const pin = session?.get(type);
    return servers.find(({ id }) => pin === `${type}@${id}`) ?? otherwise(request);
  };
}
