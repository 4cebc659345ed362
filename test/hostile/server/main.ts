import 'reflect-metadata';
import { exitOnFatal, PomeloAdapter } from 'nestjs-pomelo';
import { PomeloMetrics } from 'nestjs-pomelo/prometheus';
import { startHostileApp } from './hostile.app.js';
import { writeObituary } from './obituary.js';
import type { HostileSettings, ServerStarted } from './settings.js';

const app = await startHostileApp(JSON.parse(process.argv[2] ?? '{}') as HostileSettings);
exitOnFatal(app);
writeObituary(app);
process.once('SIGTERM', () => void app.close());
const [address] = app.get(PomeloAdapter).addresses();
const metrics = app.get(PomeloMetrics).port;
if (address === undefined || metrics === undefined) throw new Error('The server does not listen.');
console.log(JSON.stringify({ port: address.port, metrics, pid: process.pid } satisfies ServerStarted));
