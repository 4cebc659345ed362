import fc from 'fast-check';
import { serverOrder } from './server-order.js';

const servers = fc.uniqueArray(
  fc.integer({ min: 0, max: 20 }).map((port) => `nats://10.0.0.1:${4000 + port}`),
  {
    minLength: 1,
  },
);

describe('the order in which NATS servers are tried', () => {
  it('has each of them once, those of the options first', () => {
    fc.assert(
      fc.property(servers, servers, (given, named) => {
        const plain = named.map((server) => server.slice('nats://'.length));
        const order = serverOrder(given, plain, undefined);
        const others = named.filter((server) => !given.includes(server));
        expect(order.slice(0, given.length).toSorted()).toEqual(given.toSorted());
        expect(order.slice(given.length).toSorted()).toEqual(
          others.map((server) => server.slice(7)).toSorted(),
        );
      }),
    );
  });

  it('ends with the one that was just lost', () => {
    fc.assert(
      fc.property(servers, (given) => {
        const [lost = ''] = given;
        expect(serverOrder(given, [], lost.slice('nats://'.length)).at(-1)).toBe(lost);
      }),
    );
  });
});
