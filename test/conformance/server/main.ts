import { PomeloAdapter } from 'nestjs-pomelo';
import { PomeloMetrics } from 'nestjs-pomelo/prometheus';
import { join } from 'node:path';
import { startConformanceApp } from './conformance.app.js';
import { readSettings, USAGE } from './settings.js';

const OTHER_PORTS = ['mydogTcp', 'mydogWs', 'gateTcp', 'gateWs', 'sio'] as const;
const TEST = join(import.meta.dirname, '../../test');

const settings = readSettings(process.argv.slice(2));
if (settings === undefined) {
  console.error(USAGE);
  process.exit(2);
}
const files = {
  schemas: {
    client: join(TEST, 'vectors/conformance/clientProtos.json'),
    server: join(TEST, 'vectors/conformance/serverProtos.json'),
  },
  certificate: { cert: join(TEST, 'fixtures/tls/server.crt'), key: join(TEST, 'fixtures/tls/server.key') },
};
// Nest writes errors, and nothing else, to stderr: stdout belongs to the line below.
const app = await startConformanceApp(settings, files, ['error']);
process.once('SIGTERM', () => void app.close());
process.once('SIGINT', () => void app.close());
// In the order in which the connectors were made.
const [address, ...others] = app.get(PomeloAdapter).addresses();
const names = OTHER_PORTS.filter((name) => settings[name] !== undefined);
const otherPorts = Object.fromEntries(names.map((name, index) => [name, others[index]?.port]));
const metrics = settings.metrics === undefined ? undefined : app.get(PomeloMetrics).port;
console.log(JSON.stringify({ port: address?.port, pid: process.pid, metrics, ...otherPorts }));
