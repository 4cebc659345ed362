import { memory, type ClusterDriver } from 'nestjs-pomelo';
import { Prng } from '../fuzz/prng.js';
import { startCutApp } from './cut-app.js';
import { CutLedger } from './cut-ledger.js';
import { CutPlayer } from './cut-player.js';
import { CuttingProxy, type CutPlace } from './cutting-proxy.js';

/** How much to cut. */
export interface CutOptions {
  readonly cuts: number;
  readonly players: number;
  /** With more than one every connection goes to another frontend of one cluster. */
  readonly frontends: number;
  readonly seed: number;
  /** What connects several frontends. Default within the process. */
  readonly cluster?: () => ClusterDriver;
  /** Called once, when half of the cuts have been made. */
  readonly atHalf?: () => Promise<void>;
}

/** A cut lies behind so many bytes at most; handshakes have about 400. */
const LATEST_CUT = 4_000;

/** Plays with connections that are cut at random bytes of either direction, TCP and WebSocket in turn. */
export async function playWithCuts(options: CutOptions): Promise<CutLedger> {
  const { cuts, players, frontends, seed, atHalf } = options;
  const ledger = new CutLedger();
  const inProcess = memory();
  const clusterOf = (): ClusterDriver | undefined =>
    frontends > 1 ? (options.cluster?.() ?? inProcess) : undefined;
  const apps: Awaited<ReturnType<typeof startCutApp>>[] = [];
  for (let index = 1; index <= frontends; index += 1)
    apps.push(await startCutApp(ledger, { id: `gate-${index}`, types: ['count'] }, clusterOf()));
  const places = Prng.for(seed, 'cuts');
  const target = (): number => apps[places.below(apps.length)]?.port ?? 0;
  let isOver = false;
  const place = (): CutPlace | undefined =>
    isOver
      ? undefined
      : { from: places.below(2) === 0 ? 'client' : 'server', bytes: places.below(LATEST_CUT) };
  const proxy = await CuttingProxy.start(target, place);
  try {
    const arrivals = Array.from({ length: players }, (_none, index) => {
      const url = `${index % 2 === 0 ? 'tcp' : 'ws'}://127.0.0.1:${proxy.port}`;
      return CutPlayer.arrive(url, index, ledger, Prng.for(seed, `player ${index}`));
    });
    const everybody = await Promise.all(arrivals);
    let half: Promise<void> | undefined;
    const isEnough = (): boolean => {
      if (proxy.cuts >= cuts / 2) half ??= atHalf?.();
      return proxy.cuts >= cuts;
    };
    await Promise.all(everybody.map((player) => player.play(isEnough)));
    await half;
    isOver = true;
    proxy.cutAll();
    await Promise.all(everybody.map((player) => player.leave()));
  } finally {
    await proxy.close();
    for (const app of apps) await app.close();
  }
  return ledger;
}
