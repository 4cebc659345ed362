import { AdmissionControl } from './admission-control.js';

const BOUNDS = { maxLagMs: 70, calmLagMs: 35 };
const EVERY_MS = 25;

const SOCKETS = 50;
const ASK_EVERY = 16;

/** A server as an event loop is one: in each turn it reads every socket once, with all that came until then. */
class Simulation {
  readonly control = new AdmissionControl(BOUNDS, EVERY_MS, 0);
  now = 0;
  longestTurn = 0;
  /** Time spent on messages that were let in. */
  useful = 0;
  refused = 0;
  private readonly waiting = new Float64Array(SOCKETS);
  private readonly readAt = new Float64Array(SOCKETS);
  private nextLook = EVERY_MS;
  private unasked = 0;

  constructor(
    private readonly costMs: number,
    private readonly refusalMs: number,
  ) {}

  /** Runs with so many messages a ms. */
  run(perMs: number, ms: number): void {
    const endsAt = this.now + ms;
    while (this.now < endsAt) this.turn(perMs);
  }

  /** Nothing runs for a time, as when garbage is collected. */
  stall(ms: number): void {
    this.now += ms;
  }

  private turn(perMs: number): void {
    const startedAt = this.now;
    if (this.now >= this.nextLook) {
      this.control.look(this.now);
      this.nextLook = this.now + EVERY_MS;
    }
    for (let socket = 0; socket < SOCKETS; socket += 1) this.read(socket, perMs / SOCKETS);
    // An idle loop waits for the next message.
    this.now = Math.max(this.now, startedAt + 0.1);
    this.longestTurn = Math.max(this.longestTurn, this.now - startedAt);
  }

  private read(socket: number, perMs: number): void {
    const arrived = (this.waiting[socket] ?? 0) + (this.now - (this.readAt[socket] ?? 0)) * perMs;
    this.readAt[socket] = this.now;
    this.waiting[socket] = arrived % 1;
    for (let n = 1; n <= arrived; n += 1) this.take();
  }

  private take(): void {
    this.unasked -= 1;
    if (this.unasked < 0 && !this.control.admits(this.now)) {
      this.refused += 1;
      this.now += this.refusalMs;
    } else {
      this.useful += this.costMs;
      this.now += this.costMs;
    }
    if (this.unasked < 0) this.unasked = this.control.isOnGuard ? 0 : ASK_EVERY;
  }
}

describe('admission', () => {
  it.each([1.2, 2, 5, 10])(
    'keeps a server busy with what it can do, and its turns short: at %d times the load',
    (times) => {
      const server = new Simulation(0.25, 0.01);
      server.run(times / 0.25, 2_000);
      server.longestTurn = 0;
      server.useful = 0;
      server.run(times / 0.25, 20_000);
      // What a refusal costs is not there for work.
      const possible = 1 - (times - 1) * (0.01 / 0.25);
      expect(server.useful / 20_000).toBeGreaterThan(0.8 * possible);
      expect(server.longestTurn).toBeLessThan(4 * (EVERY_MS + BOUNDS.maxLagMs));
    },
  );

  it('refuses nothing below the load that a server can take', () => {
    const server = new Simulation(0.25, 0.01);
    server.run(0.9 / 0.25, 20_000);
    expect(server.refused).toBe(0);
    expect(server.control.isOverloaded).toBe(false);
  });

  it('does not take one long pause for overload', () => {
    const server = new Simulation(0.25, 0.01);
    server.run(0.2 / 0.25, 1_000);
    server.stall(300);
    server.run(0.2 / 0.25, 2_000);
    expect(server.refused).toBe(0);
    expect(server.control.isOverloaded).toBe(false);
    expect(server.control.isOnGuard).toBe(false);
  });

  it('ends when the load is gone, and not between two moments of it', () => {
    const server = new Simulation(0.25, 0.01);
    server.run(2 / 0.25, 2_000);
    expect(server.control.isOverloaded).toBe(true);
    server.run(0.1, 100);
    expect(server.control.isOverloaded).toBe(true);
    server.run(0.1, 3_000);
    expect(server.control.isOverloaded).toBe(false);
    expect(server.control.isOnGuard).toBe(false);
  });
});
