import type { Browser, WebSocketRoute } from 'playwright-core';
import { ChatPage, launchBrowser } from './support/chat-page.js';
import { DemoProcess } from './support/demo-process.js';

describe('the chat page in Chromium', () => {
  let browser: Browser;
  let demo: DemoProcess;
  const visitors: ChatPage[] = [];

  async function visitor(name: string): Promise<ChatPage> {
    const chat = await ChatPage.open(browser, demo.url, name);
    visitors.push(chat);
    return chat;
  }

  async function inTheRoom(name: string): Promise<ChatPage> {
    const chat = await visitor(name);
    await chat.enter();
    return chat;
  }

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    demo = await DemoProcess.start();
  });
  afterEach(async () => {
    const complaints = visitors.flatMap((visitor) => visitor.complaints);
    await Promise.all(visitors.splice(0).map(({ page }) => page.context().close()));
    await demo.kill('SIGKILL');
    if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join('\n')}`);
  });

  it('lets two people talk', async () => {
    const ann = await inTheRoom('ann');
    const bob = await inTheRoom('bob');
    await ann.sees('bob came in');
    await ann.say('hello bob');
    await bob.sees('hello bob');
    await bob.say('hello ann');
    await ann.sees('hello ann');
    await bob.person('ann').waitFor();
    expect(await ann.page.locator('#people-count').textContent()).toBe('2');
    expect(await ann.page.title()).toBe('lobby – Chat');
    expect(await ann.servers()).toBe('server-1');
  });

  it('takes a private message to one person only', async () => {
    const ann = await inTheRoom('ann');
    const bob = await inTheRoom('bob');
    const eve = await inTheRoom('eve');
    await ann.person('bob').click();
    await ann.say('between us');
    await bob.sees('between us');
    await bob.sees('only for you');
    await ann.sees('only for bob');
    await ann.page.keyboard.press('Escape');
    await ann.say('for all');
    await eve.sees('for all');
    expect(await eve.log.getByText('between us').count()).toBe(0);
  });

  it('tells the others who leaves, and frees the name', async () => {
    const ann = await inTheRoom('ann');
    const bob = await inTheRoom('bob');
    await bob.page.getByRole('button', { name: 'Leave' }).click();
    await ann.sees('bob left');
    expect(await ann.person('bob').count()).toBe(0);
    await bob.enter();
    await ann.page.getByText('bob came in').nth(1).waitFor();
  });

  it('says that a name is taken, and lets the person in under another', async () => {
    await inTheRoom('ann');
    const second = await visitor('ann');
    await second.login();
    await second.page.getByRole('alert').getByText('Somebody called “ann” is already in “lobby”').waitFor();
    await second.login('anna');
    await second.sees('Welcome to lobby');
  });

  it('shows what people write as text, whatever it is', async () => {
    const ann = await inTheRoom('ann');
    const bob = await inTheRoom('<i>bob</i>');
    await ann.sees('<i>bob</i> came in');
    await bob.say('<img src=x onerror="throw 1">');
    await ann.sees('<img src=x onerror="throw 1">');
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('survives a restart of the server (%s)', async (signal) => {
    const ann = await inTheRoom('ann');
    const bob = await inTheRoom('bob');
    await demo.kill(signal);
    await Promise.all([ann, bob].map((chat) => chat.connectionIs('Reconnecting')));
    expect(await ann.page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
    demo = await DemoProcess.start(demo.port);
    await Promise.all([ann, bob].map((chat) => chat.connectionIs('Connected')));
    await ann.person('bob').waitFor();
    await ann.say('still there?');
    await bob.sees('still there?');
    await bob.say('of course');
    await ann.sees('of course');
  });

  it('gets its name back when the server has not noticed yet that the old connection is lost', async () => {
    const ann = await visitor('ann');
    const sockets: WebSocketRoute[] = [];
    await ann.page.routeWebSocket(/./, (socket) => {
      socket.connectToServer();
      sockets.push(socket);
    });
    await ann.page.reload();
    await ann.enter();
    const bob = await inTheRoom('bob');
    // Ends the page's side; the server's side stays open, and silent.
    await sockets.at(-1)?.close({ code: 4000 });
    await ann.connectionIs('Reconnecting');
    await ann.connectionIs('Connected');
    await ann.say('back again');
    await bob.sees('back again');
  });
});
