import { jest } from '@jest/globals';
import { describeClient } from './support/client-contract.js';
import { connectPinus } from './support/pinus-client.js';

// The client tells the console what it does.
for (const method of ['log', 'warn', 'error'] as const)
  beforeEach(() => void jest.spyOn(console, method).mockImplementation(() => {}));
afterEach(() => void jest.restoreAllMocks());

describeClient('pinus-robot-plugin', connectPinus, {
  schemaBody: { u: 300, s: -5, i: 7, d: 2.25, str: 'abc', item: { id: 1, name: 'n' } },
});
