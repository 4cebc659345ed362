import { equal } from 'node:assert/strict';
import type { CaseDefinition } from '../contract-case.interface.js';

/** How a connector stops. */
export const STOP_CASES: readonly CaseDefinition[] = [
  {
    name: 'stop() ends the clients that are open, and tells so once for each',
    play: async (stage) => {
      const visitors = [await stage.arrive(), await stage.arrive(), await stage.arrive()];
      await visitors[0]?.echo();
      stage.manager.closeEveryone();
      await stage.stop();
      for (const visitor of visitors) {
        await visitor.isCut('was there when the connector stopped');
        await visitor.isRemoved('was there when the connector stopped');
      }
    },
  },
  {
    name: 'stop() frees the port for the next start',
    needs: 'port',
    play: async (stage) => {
      const visitor = await stage.arrive();
      await visitor.echo();
      stage.manager.closeEveryone();
      await stage.stop();
      const [address] = await stage.start(stage.harness.create(stage.addresses[0]?.port ?? 0));
      equal(address?.port, stage.addresses[0]?.port, 'The port is another one after the next start.');
      await stage.connect(address);
    },
  },
  {
    name: 'takes in nobody after stop()',
    play: async (stage) => {
      await stage.stop();
      const late = await stage.connect().catch(() => undefined);
      if (late !== undefined)
        await stage.patience.of(late.closed, 'A client that came after stop() was not sent away.');
      equal(stage.manager.clients.length, 0, 'A client was announced after stop().');
    },
  },
];
