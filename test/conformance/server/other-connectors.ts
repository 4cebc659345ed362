import type { CertificateOptions, Connector } from 'nestjs-pomelo';
import { gate } from 'nestjs-pomelo/gate';
import { mydog } from 'nestjs-pomelo/mydog';
import { socketio } from 'nestjs-pomelo/socketio';
import type { OtherPorts } from './settings.js';

/** Pushes of the handlers. */
const PUSH_ROUTES = ['onPush', 'onBroadcast', 'onChat', 'onBlast', 'onKick'];

/** The connectors of the other protocols, by the flag that asks for each. */
export function otherConnectors(
  ports: OtherPorts,
  tls: CertificateOptions | undefined,
): ReadonlyMap<keyof OtherPorts, Connector> {
  const edge = tls === undefined ? {} : { tls };
  const { mydogTcp, mydogWs, gateTcp, gateWs, encryptKey, sio } = ports;
  const dog = { pushRoutes: PUSH_ROUTES, ...edge };
  const keeper = { handler: 'main', ...(encryptKey === undefined ? {} : { encryptKey }), ...edge };
  const made = new Map<keyof OtherPorts, Connector>();
  if (mydogTcp !== undefined) made.set('mydogTcp', mydog({ ...dog, port: mydogTcp, transport: 'tcp' }));
  if (mydogWs !== undefined) made.set('mydogWs', mydog({ ...dog, port: mydogWs, transport: 'ws' }));
  if (gateTcp !== undefined) made.set('gateTcp', gate({ ...keeper, tcp: { port: gateTcp } }));
  if (gateWs !== undefined) made.set('gateWs', gate({ ...keeper, ws: { port: gateWs } }));
  if (sio !== undefined) made.set('sio', socketio({ port: sio, ...edge }));
  return made;
}
