import { Prng } from '../../fuzz/prng.js';
import { type Depth, PackageMaker } from './package-maker.js';
import type { Ending, Script, Step } from './script.js';
import { ACK, HANDSHAKE } from './seeds.js';
import { WebSocketMaker } from './ws-maker.js';

const DEPTHS: readonly [Depth, ...Depth[]] = ['body', 'body', 'route', 'message', 'message', 'package'];
const ENDINGS: readonly [Ending, ...Ending[]] = [
  'end',
  'end',
  'end',
  'end',
  'end',
  'end',
  'destroy',
  'reset',
];

/** Makes what connections do, the same for the same seed. */
export class ScriptMaker {
  readonly #prng: Prng;
  readonly #packages: PackageMaker;
  readonly #frames: WebSocketMaker;

  constructor(seed: number) {
    this.#prng = Prng.for(seed, 'sockets');
    this.#packages = new PackageMaker(this.#prng);
    this.#frames = new WebSocketMaker(this.#prng);
  }

  /** A connection with so many packages. */
  next(packages: number): Script {
    const transport = this.#oneIn(2) ? 'ws' : 'tcp';
    const opening = this.#oneIn(6) ? [] : [HANDSHAKE, ACK];
    const depth = this.#prng.pick(DEPTHS);
    const rest = Array.from({ length: packages }, () => this.#packages.next(depth));
    const steps = transport === 'tcp' ? this.#steps(opening, rest) : this.#webSocket(opening, rest);
    return { transport, steps, packages, ending: this.#prng.pick(ENDINGS) };
  }

  /** What opens the connection waits for its answers, or everything comes at once. */
  #steps(opening: readonly Uint8Array[], rest: readonly Uint8Array[]): Step[] {
    if (this.#oneIn(4)) return this.#cut([...opening, ...rest]);
    return [
      ...opening.map((bytes, index) => ({ bytes, isQuestion: index === 0 || index < opening.length - 1 })),
      ...this.#cut(rest),
    ];
  }

  /** The same bytes in one to four pieces, wherever packages end. */
  #cut(parts: readonly Uint8Array[]): Step[] {
    const bytes = Buffer.concat(parts);
    const cuts = Array.from({ length: this.#prng.below(4) }, () => this.#prng.below(bytes.length + 1));
    const ends = [...cuts, bytes.length].toSorted((one, other) => one - other);
    return ends.map((end, index) => ({
      bytes: bytes.subarray(ends[index - 1] ?? 0, end),
      isQuestion: false,
    }));
  }

  #webSocket(opening: readonly Uint8Array[], rest: readonly Uint8Array[]): Step[] {
    const isBroken = this.#oneIn(3);
    const frames = rest.map((part) =>
      isBroken && this.#oneIn(4) ? this.#frames.broken(part) : this.#frames.framed(part),
    );
    const upgrade = this.#oneIn(20) ? this.#frames.brokenUpgrade() : this.#frames.upgrade();
    return this.#steps([upgrade, ...opening.map((part) => this.#frames.framed(part))], frames);
  }

  #oneIn(count: number): boolean {
    return this.#prng.below(count) === 0;
  }
}
