import { pitayaCode } from './pitaya-codes.js';

describe('the code of an error for a pitaya client', () => {
  it.each([
    [400, 'PIT-400'],
    [404, 'PIT-404'],
    [500, 'PIT-500'],
    [7, 'PIT-007'],
    [0, 'PIT-000'],
    [4001, 'PIT-4001'],
  ])('is the status: %s', (status, code) => {
    expect(pitayaCode(status)).toBe(code);
  });

  it.each([
    ['a request whose session is gone', 410, 'PIT-498'],
    ['a missing server', 503, 'PIT-404'],
    ['time that ran out, which must not look like the time of the client', 504, 'PIT-408'],
  ])('is the number that pitaya has for %s', (_what, status, code) => {
    expect(pitayaCode(status)).toBe(code);
  });
});
