import { PomeloAdapter } from 'nestjs-pomelo';
import { join } from 'node:path';
import { startConformanceApp } from './conformance.app.js';
import { readSettings, USAGE } from './settings.js';

const SCHEMAS = join(import.meta.dirname, '../../test/vectors/conformance');

const settings = readSettings(process.argv.slice(2));
if (settings === undefined) {
  console.error(USAGE);
  process.exit(2);
}
const schemas = { client: join(SCHEMAS, 'clientProtos.json'), server: join(SCHEMAS, 'serverProtos.json') };
// Nest writes errors, and nothing else, to stderr: stdout belongs to the line below.
const app = await startConformanceApp(settings, schemas, ['error']);
process.once('SIGTERM', () => void app.close());
process.once('SIGINT', () => void app.close());
const [address] = app.get(PomeloAdapter).addresses();
console.log(JSON.stringify({ port: address?.port, pid: process.pid }));
