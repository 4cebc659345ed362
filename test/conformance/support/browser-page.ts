import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createContext, runInContext, type Context } from 'node:vm';
import { WebSocket, type RawData } from 'ws';
import { PackageLog } from './package-log.js';

const { resolve } = createRequire(import.meta.url);

/** What a browser keeps between two pages of one site. */
export class LocalStorage {
  private readonly items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
}

/**
 * A page in which scripts of a browser run as they are: an own global object with `window`, `WebSocket`,
 * `localStorage`, timers and a console that says nothing.
 */
export class BrowserPage {
  /** What came over the WebSockets of this page. */
  readonly log = new PackageLog();
  private readonly globals: Context;

  constructor(localStorage = new LocalStorage()) {
    const { log } = this;
    class PageSocket extends WebSocket {
      constructor(url: string) {
        super(url);
        this.on('message', (data: RawData) => log.add(Buffer.from(data as ArrayBuffer)));
      }
    }
    const silent = { log() {}, warn() {}, error() {} };
    this.globals = createContext({
      WebSocket: PageSocket,
      EventEmitter,
      localStorage,
      console: silent,
      setTimeout,
      clearTimeout,
    });
    this.globals['window'] = runInContext('globalThis', this.globals);
  }

  /** Runs a script of an installed package as a CommonJS module; gives its exports. */
  load(file: string): unknown {
    this.globals['module'] = { exports: {} };
    const path = resolve(file);
    runInContext(readFileSync(path, 'utf8'), this.globals, { filename: path });
    const { exports } = this.globals['module'] as { exports: unknown };
    delete this.globals['module'];
    return exports;
  }

  /** Sets a global of the page. */
  set(name: string, value: unknown): void {
    this.globals[name] = value;
  }

  /** Reads a global of the page. */
  get(name: string): unknown {
    return this.globals[name];
  }
}
