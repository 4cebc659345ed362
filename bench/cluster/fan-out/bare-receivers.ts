import { connect } from '@nats-io/transport-node';
import { serveParent } from '../../process/serve-parent.js';
import type { ReceiversApi } from './fan-out-engine.js';
import { fanOutSettings } from './fan-out-settings.js';
import { ReceiverCounts } from './receiver-counts.js';

const { natsUrl, receivers } = fanOutSettings();
const counts = new ReceiverCounts();
for (let index = 0; index < receivers; index += 1) {
  const connection = await connect({ servers: natsUrl });
  connection.subscribe('bench.fan-out', { callback: counts.add() });
  await connection.flush();
}
serveParent<ReceiversApi>({ haveGot: (messages) => counts.haveGot(messages) });
