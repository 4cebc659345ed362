import { ClientNats } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { echoSettings } from '../echo-settings.js';
import { serveLoad } from '../load.js';

const { address } = echoSettings();
const client = new ClientNats({ servers: [address] });
await client.connect();
// Its messages are JSON, in which bytes would become a list of numbers.
serveLoad((body) => lastValueFrom(client.send<string>('bench.nest', body.toString())));
