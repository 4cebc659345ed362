import { PomeloClient } from 'nestjs-pomelo-client';

const SCHEME = location.protocol === 'https:' ? 'wss' : 'ws';
const LOOPBACK = '127.0.0.1';

/** Connects a user to the connector that the gate names. Rejects when one of the two cannot be reached. */
export async function connect(uid) {
  return PomeloClient.connect(await askGate(uid));
}

/** Asks the gate, which listens where the page came from, for the connector of a user. */
async function askGate(uid) {
  const gate = await PomeloClient.connect(`${SCHEME}://${location.host}`);
  try {
    const { host, port } = await gate.request('gate.gateHandler.queryEntry', { uid });
    // A server that knows itself by its loopback address only is the one that served the page.
    return `${SCHEME}://${host === LOOPBACK ? location.hostname : host}:${port}`;
  } finally {
    await gate.close();
  }
}
