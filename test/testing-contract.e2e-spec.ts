import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { connectorContract } from 'nestjs-pomelo/testing';
import { lineHarness } from './fixtures/guide/line.harness.js';
import { ENDING_FLAWS } from './support/contract/ending.flaws.js';
import { flawed, stopFlawed } from './support/contract/flawed.js';
import { LIFE_CYCLE_FLAWS } from './support/contract/life-cycle.flaws.js';
import { LOAD_FLAWS } from './support/contract/load.flaws.js';
import { MESSAGE_FLAWS } from './support/contract/message.flaws.js';

const FLAWS = [...LIFE_CYCLE_FLAWS, ...MESSAGE_FLAWS, ...ENDING_FLAWS, ...LOAD_FLAWS];

describe('the contract suite for connectors', () => {
  afterEach(stopFlawed);

  it.each(FLAWS)('notices a connector that %s', async (_what, name, sentence, flaw) => {
    const found = connectorContract(flawed(flaw)).find((candidate) => candidate.name === name);
    await expect(found?.run()).rejects.toThrow(sentence);
  });

  it('has no case that cannot fail', () => {
    const cases = connectorContract(lineHarness).map(({ name }) => name);
    expect(cases.filter((name) => !FLAWS.some(([, noticedBy]) => noticedBy === name))).toEqual([]);
  });

  it('leaves out what the transport of a harness cannot do, and nothing else', () => {
    const without = connectorContract({
      ...lineHarness,
      without: ['port', 'pieces', 'reasons', 'slow peers'],
    });
    const left = new Set(without.map(({ name }) => name));
    expect(connectorContract(lineHarness).flatMap(({ name }) => (left.has(name) ? [] : [name]))).toEqual([
      'start() rejects when its port is taken, and stop() clears up after it',
      'hands over one message at a time when several come in one write',
      'hands over a message once, when its last byte has come',
      'close(reason) tells the client why, before the end',
      'a client that reads nothing costs no more than limits.writeBufferHardBytes',
      'close() ends a client that reads nothing, too',
      'stop() frees the port for the next start',
    ]);
  });

  it('needs no Jest: node:test runs it from the package as it is built', () => {
    const program = fileURLToPath(new URL('../dist/specs/test/fixtures/line.node-test.js', import.meta.url));
    const { status, stdout } = spawnSync(process.execPath, ['--test-reporter=tap', program], {
      encoding: 'utf8',
    });
    const [, passed] = /^# pass (\d+)$/m.exec(stdout) ?? [];
    expect({ status, passed }).toEqual({ status: 0, passed: String(connectorContract(lineHarness).length) });
  });
});
