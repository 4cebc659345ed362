import { connect } from '@nats-io/transport-node';
import { serveParent } from '../../process/serve-parent.js';
import { FAN_OUT_BYTES, type PublisherApi } from './fan-out-engine.js';
import { fanOutSettings } from './fan-out-settings.js';
import { publishInTurns } from './publish-in-turns.js';

const { natsUrl } = fanOutSettings();
const connection = await connect({ servers: natsUrl });
const body = Buffer.alloc(FAN_OUT_BYTES, 'x');
serveParent<PublisherApi>({
  publish: (messages, aTurn) =>
    publishInTurns(messages, aTurn, () => connection.publish('bench.fan-out', body)),
});
