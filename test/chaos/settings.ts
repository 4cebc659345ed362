import type { FleetSettings } from '../fleet/fleet.js';

/** Time that a request, or a call of a server, may take, in ms. */
export const REQUEST_MS = 3_000;

/** Of the servers among which faults happen. */
export const SETTINGS: FleetSettings = {
  limits: { clusterHeartbeatMs: 300, requestMs: REQUEST_MS, drainMs: 2 * REQUEST_MS },
  countMs: 25,
};
