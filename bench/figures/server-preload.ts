/** Loaded into the server before its own code: it collects its garbage when whoever started it asks for it. */
import { setFlagsFromString } from 'node:v8';

process.on('message', () => {
  // Without it pages with a few survivors stay, some more or some less each time.
  setFlagsFromString('--compact-on-every-full-gc');
  globalThis.gc?.();
  setFlagsFromString('--no-compact-on-every-full-gc');
  process.send?.('collected');
});
// Whoever started it is gone.
process.once('disconnect', () => process.exit());
