import { chromium, type Browser, type Locator, type Page } from 'playwright-core';

/** Starts Chromium without a screen. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** One person at the demo's page, in a browser context of their own. */
export class ChatPage {
  /** What the page complained about: uncaught errors, and what its security policy refused. */
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    readonly name: string,
  ) {
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.complaints.push(message.text());
    });
  }

  /** Opens the page in a new context. */
  static async open(browser: Browser, url: string, name: string): Promise<ChatPage> {
    const context = await browser.newContext();
    const chat = new ChatPage(await context.newPage(), name);
    await chat.page.goto(url);
    return chat;
  }

  /** Fills in the form and sends it; does not wait. */
  async login(name = this.name): Promise<void> {
    await this.page.getByLabel('Name').fill(name);
    await this.page.getByLabel('Name').press('Enter');
  }

  /** Logs in and waits for the room. */
  async enter(): Promise<void> {
    await this.login();
    await this.sees('Welcome to lobby');
  }

  /** Writes into the message field and presses Enter. */
  async say(text: string): Promise<void> {
    await this.page.getByLabel('Message', { exact: true }).fill(text);
    await this.page.getByLabel('Message', { exact: true }).press('Enter');
  }

  /** Waits until the log shows a text. */
  async sees(text: string): Promise<void> {
    await this.log.getByText(text, { exact: true }).waitFor();
  }

  /** The log shows a text. */
  async isSeeing(text: string): Promise<boolean> {
    return (await this.log.getByText(text, { exact: true }).count()) > 0;
  }

  /** Waits until the badge says how the connection is. */
  async connectionIs(text: string): Promise<void> {
    await this.page.getByRole('status').getByText(text).waitFor();
  }

  /** The servers that serve this person, as the page tells. */
  async servers(): Promise<string> {
    return (await this.page.locator('#servers').textContent()) ?? '';
  }

  /** The messages and notices. */
  get log(): Locator {
    return this.page.getByRole('log');
  }

  /** The button of a person in the room. */
  person(name: string): Locator {
    return this.page.getByRole('navigation').getByRole('button', { name });
  }
}
