import { BrowserPage } from './support/browser-page.js';
import { connectPage, type BrowserPomelo } from './support/browser-client.js';
import { describeClient, EVERY_TYPE } from './support/client-contract.js';
import type { ForeignClient } from './support/foreign-client.js';

/** A page with the bundle of the package, which brings its codecs along and leaves `pomelo` in the page. */
async function openPage(port: number, user: unknown): Promise<ForeignClient> {
  const page = new BrowserPage();
  page.load('pomelo-cocos2d-js/dist/pomelo-cocos2d-js.js');
  return connectPage(page, page.get('pomelo') as BrowserPomelo, port, user);
}

describeClient('pomelo-cocos2d-js', openPage, { schemaBody: EVERY_TYPE });
