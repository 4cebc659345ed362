import { randomSeed, readNumbers } from '../endurance/command-line.js';
import { playWithCuts } from './cuts.js';

const MOST_PRINTED = 20;

const options = readNumbers(process.argv.slice(2), {
  cuts: 10_000,
  players: 16,
  frontends: 2,
  seed: randomSeed(),
});

console.log(`seed ${options.seed}`);
const startedAt = performance.now();
const { violations, recovered, begun, answers } = await playWithCuts(options);
const seconds = Math.round((performance.now() - startedAt) / 1000);
console.log(
  `${options.cuts} cuts at random bytes, ${options.players} clients, ${options.frontends} frontends, ${seconds} s: ` +
    `${recovered} sessions recovered, ${begun} begun anew, ${answers} answers`,
);
for (const violation of violations.slice(0, MOST_PRINTED)) console.log(`FAILED: ${violation}`);
console.log(`lost or twice: ${violations.length}`);
if (violations.length > 0) process.exitCode = 1;
