import type { ServerInfo } from './server-info.interface.js';
import { Membership } from './membership.js';
import { ServerRegistry, type LeaveReason } from './server-registry.js';

const PEER = { id: 'chat-1', inc: 'a', role: 'chat' };
const BEAT = 1000;

class Scene {
  now = 0;
  readonly left: LeaveReason[] = [];
  readonly probed: string[] = [];
  readonly debtors = new Set<string>();
  readonly registry = new ServerRegistry();
  readonly membership = new Membership(
    this.registry,
    { probe: (id) => this.probed.push(id) },
    BEAT,
    () => this.debtors,
    () => this.now,
  );

  constructor() {
    this.membership.link(true);
    this.pass(10 * BEAT);
    this.registry.on('leave', (_server, why) => this.left.push(why ?? 'bye'));
    this.announce();
  }

  announce(): void {
    const load = { calls: 0, sessions: 0 };
    const info: ServerInfo = {
      ...PEER,
      types: ['chat'],
      frontend: false,
      state: 'up',
      metadata: {},
      addresses: [],
      load,
    };
    this.registry.add(info);
    this.membership.announced(PEER);
  }

  /** Time goes by, looked at four times a heartbeat. */
  pass(ms: number, each: () => void = () => {}): void {
    for (let spent = 0; spent < ms; spent += BEAT / 4) {
      this.now += BEAT / 4;
      each();
      this.membership.look();
    }
  }
}

describe('the membership', () => {
  it('keeps who announces itself', () => {
    const scene = new Scene();
    scene.pass(100 * BEAT, () => scene.membership.announced(PEER));
    expect(scene.left).toEqual([]);
    expect(scene.probed).toEqual([]);
  });

  it('keeps who only answers', () => {
    const scene = new Scene();
    scene.pass(100 * BEAT, () => scene.membership.heard(PEER));
    expect(scene.left).toEqual([]);
  });

  it('asks after who is silent, and removes it after three times limits.clusterHeartbeatMs', () => {
    const scene = new Scene();
    scene.pass(1.25 * BEAT);
    expect(scene.probed).toEqual([]);
    scene.pass(0.25 * BEAT);
    expect(scene.probed).toEqual(['chat-1']);
    scene.pass(1.5 * BEAT);
    expect(scene.left).toEqual([]);
    scene.pass(0.25 * BEAT);
    expect(scene.left).toEqual(['timeout']);
    expect(scene.registry.get('chat-1')).toBeUndefined();
  });

  it('asks sooner after who owes an answer, and not again after who has given a sign', () => {
    const scene = new Scene();
    scene.debtors.add('chat-1').add('chat-2');
    scene.pass(0.5 * BEAT);
    expect(scene.probed).toEqual([]);
    scene.pass(0.25 * BEAT);
    expect(scene.probed).toEqual(['chat-1']);
    scene.membership.heard(PEER);
    scene.pass(0.5 * BEAT);
    expect(scene.probed).toEqual(['chat-1']);
  });

  it('removes at once whom the engine cannot find', () => {
    const scene = new Scene();
    scene.membership.nobodyListens('chat-1');
    expect(scene.left).toEqual(['probe']);
  });

  it('accuses nobody while the link is down, and not for three heartbeats after', () => {
    const scene = new Scene();
    scene.membership.link(false);
    scene.pass(50 * BEAT);
    scene.membership.nobodyListens('chat-1');
    scene.membership.link(true);
    scene.pass(2.75 * BEAT, () => scene.membership.nobodyListens('chat-1'));
    expect(scene.left).toEqual([]);
    scene.pass(0.5 * BEAT);
    expect(scene.left).toEqual(['timeout']);
  });

  it('accuses nobody for its own stall', () => {
    const scene = new Scene();
    scene.now += 60 * BEAT;
    scene.membership.look();
    expect(scene.left).toEqual([]);
    expect(scene.probed).toEqual([]);
  });

  describe('says that others may have counted this server as gone', () => {
    function returnsOf(scene: Scene): () => number {
      let returns = 0;
      scene.membership.start(
        () => {},
        () => (returns += 1),
      );
      scene.membership.stop();
      return () => returns;
    }

    it('when it stood still for two heartbeats, and not for less', () => {
      const scene = new Scene();
      const returns = returnsOf(scene);
      scene.now += 2 * BEAT;
      scene.membership.look();
      expect(returns()).toBe(0);
      scene.now += 2.25 * BEAT;
      scene.membership.look();
      expect(returns()).toBe(1);
    });

    it('when it heard nobody for two heartbeats, and not for less', () => {
      const scene = new Scene();
      const returns = returnsOf(scene);
      scene.pass(2 * BEAT);
      scene.announce();
      expect(returns()).toBe(0);
      scene.pass(2.25 * BEAT);
      scene.announce();
      scene.announce();
      expect(returns()).toBe(1);
    });
  });

  it('is not misled by the old start of a server that came back', () => {
    const scene = new Scene();
    scene.membership.announced({ ...PEER, inc: 'b' });
    scene.pass(2.5 * BEAT, () => scene.membership.heard(PEER));
    expect(scene.probed).not.toEqual([]);
  });
});
