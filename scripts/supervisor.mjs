/** Processes that are started again when they die, until they are stopped. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Who dies sooner waits as long before it starts again: what cannot run must not burn the machine. */
const MIN_LIFE_MS = 1_000;
/** Longer than a server of the demo needs to end in order: twice limits.drainMs. */
const END_MS = 25_000;
/** What the logs of Nest and NATS say when all is well. */
const IDLE_TALK = /\sLOG\b|\[INF\]/;

/** One process, and those that take its place. */
export class Supervised {
  #make;
  #child;
  #again;
  #stopping = false;

  /** `make()` gives `{ command, args, env }` of each start; what the process complains of is printed behind its name. */
  constructor(name, make) {
    this.name = name;
    this.#make = make;
  }

  /** Starts it; fulfils with the line of its output that matches. Rejects when it dies before that. */
  start(pattern) {
    return new Promise((resolve, reject) => this.#spawn({ pattern, resolve, reject }));
  }

  /** Ends it for good; fulfils when it is gone. */
  async stop() {
    this.#stopping = true;
    clearTimeout(this.#again);
    const child = this.#child;
    if (child === undefined) return;
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await ended;
    clearTimeout(timer);
  }

  /** Ends it this instant, when there is no time for more. */
  kill() {
    this.#stopping = true;
    this.#child?.kill('SIGKILL');
  }

  #spawn(first) {
    const { command, args, env } = this.#make();
    // In a group of its own: Ctrl-C is for who started it, which ends everything in order.
    const child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const startedAt = performance.now();
    this.#child = child;
    console.log(`${this.name} started (pid ${child.pid})`);
    let isReady = first === undefined;
    const read = (line) => {
      if (!IDLE_TALK.test(line)) console.log(`${this.name} | ${line}`);
      const match = first?.pattern.exec(line) ?? undefined;
      if (match === undefined) return;
      isReady = true;
      first.resolve(match);
    };
    createInterface(child.stdout).on('line', read);
    createInterface(child.stderr).on('line', read);
    child.on('error', first?.reject ?? console.error);
    child.once('close', (code, signal) => {
      this.#child = undefined;
      if (this.#stopping) return;
      const how = `${this.name} died (${signal ?? `exit code ${code}`})`;
      if (isReady) this.#restart(how, performance.now() - startedAt);
      else first.reject(new Error(how));
    });
  }

  #restart(how, livedMs) {
    console.log(`${how}: starting it again`);
    this.#again = setTimeout(() => this.#spawn(), livedMs < MIN_LIFE_MS ? MIN_LIFE_MS : 0);
  }
}
