import { RemoteException } from '../errors/remote.exception.js';

/** The other server did not get it, or did not say what it did with it. Otherwise it said that it failed. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof RemoteException && error.code !== 500;
}
