/**
 * Takes docs/images/chat.png: starts the demo (`npm run build` first), lets three people talk, and photographs what one
 * of them sees. CHROMIUM_PATH names another Chromium than Debian's, a file name as argument another place.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const [file = 'docs/images/chat.png', colorScheme = 'light'] = process.argv.slice(2);
const SIZE = { width: 1100, height: 720 };

const server = spawn(process.execPath, ['dist/main.js'], {
  env: { ...process.env, PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const url = await addressOf(server);
  const mia = await enter(url, 'Mia');
  const jonas = await enter(url, 'Jonas');
  await say(jonas, 'Anyone up for the tournament on Friday?');
  await say(mia, 'Count me in! Which map?');
  const aylin = await enter(url, 'Aylin');
  await say(aylin, 'Hi you two. Did I miss something?');
  await say(jonas, 'Tournament on Friday at eight. We still need a third player.');
  await say(aylin, 'I am in.');
  await say(aylin, 'Just tell me it is not the ice map again.');
  await aylin.getByRole('button', { name: 'Mia' }).click();
  await say(aylin, 'He always wants the ice map.');
  await mia.getByText('He always wants').waitFor();
  await mia.getByRole('button', { name: 'Aylin' }).click();
  await say(mia, 'I know. Let me handle it.');
  await mia.getByRole('button', { name: 'Write to everybody' }).click();
  await mia.getByLabel('Message', { exact: true }).fill('How about the harbour?');
  await mia.screenshot({ path: file });
} finally {
  await browser.close();
  server.kill();
  await once(server, 'exit');
}

async function addressOf(child) {
  for await (const line of createInterface(child.stdout)) {
    const [, address] = /^Chat: (\S+)$/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error('The demo did not start; run npm run build first.');
}

async function enter(url, name) {
  const context = await browser.newContext({ viewport: SIZE, colorScheme, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Enter the room' }).click();
  await page.getByText('Welcome to lobby').waitFor();
  return page;
}

/** Says something, and waits until the speaker sees it: what others say next comes after it. */
async function say(page, text) {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('log').getByText(text).waitFor();
}
