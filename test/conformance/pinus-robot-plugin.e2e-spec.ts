import { jest } from '@jest/globals';
import { describeClient } from './support/client-contract.js';
import { connectPinus } from './support/pinus-client.js';

// The client tells the console what it does.
beforeAll(() => {
  for (const method of ['log', 'warn', 'error'] as const)
    jest.spyOn(console, method).mockImplementation(() => {});
});
afterAll(() => void jest.restoreAllMocks());

// Its encoder throws for every repeated field, counts characters instead of bytes in a string, and its decoder eats four
// bytes too many after a float: the body is what is left.
describeClient('pinus-robot-plugin', connectPinus, {
  schemaBody: { u: 300, s: -5, i: 7, d: 2.25, str: 'abc', item: { id: 1, name: 'n' } },
});
