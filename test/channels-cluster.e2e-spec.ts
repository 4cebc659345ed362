import { memory } from 'nestjs-pomelo';
import { channelsSuite } from './support/channels/channels.suite.js';

channelsSuite('memory()', async () => memory());
