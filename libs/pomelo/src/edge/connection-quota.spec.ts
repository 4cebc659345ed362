import { DEFAULT_LIMITS, type PomeloLimits } from '../options/limits.js';
import { ConnectionQuota, type ConnectionTicket, type QuotaRefusal } from './connection-quota.js';

function quota(limits: Partial<PomeloLimits>): ConnectionQuota {
  return new ConnectionQuota({ ...DEFAULT_LIMITS, ...limits });
}

function enter(connections: ConnectionQuota): ConnectionTicket | undefined {
  return connections.enter({ bytesRead: 1, bytesWritten: 2 });
}

/** What each of `count` connections of one address gets. */
function connect(connections: ConnectionQuota, address: string, count: number): (QuotaRefusal | undefined)[] {
  return Array.from({ length: count }, () => {
    const ticket = enter(connections);
    const refusal = ticket?.identify(address);
    if (refusal !== undefined) ticket?.leave();
    return refusal;
  });
}

describe('the connections of a process', () => {
  it('are as many as the limit says, and no more', () => {
    const connections = quota({ connections: 2 });
    expect(
      [enter(connections), enter(connections), enter(connections)].map((ticket) => ticket === undefined),
    ).toEqual([false, false, true]);
  });

  it('return to zero when all have left, whoever was refused and however often each one leaves', () => {
    const connections = quota({ connections: 3, connectionsPerIp: 1 });
    const first = enter(connections);
    first?.identify('8.8.8.8');
    const second = enter(connections);
    expect(second?.identify('8.8.8.8')).toBe('max_connections');
    second?.leave();
    second?.leave();
    first?.leave();
    first?.leave();
    expect(connections.open).toBe(0);
    expect(connect(connections, '8.8.8.8', 1)).toEqual([undefined]);
  });

  it('are as many for one address as the limit says', () => {
    const connections = quota({ connectionsPerIp: 2 });
    expect(connect(connections, '8.8.8.8', 3)).toEqual([undefined, undefined, 'max_connections']);
    expect(connect(connections, '8.8.4.4', 1)).toEqual([undefined]);
  });

  it('come as fast from one address as the limit says', () => {
    const connections = quota({ connectBurst: 2, connectsPerSecond: 1 });
    expect(connect(connections, '8.8.8.8', 3)).toEqual([undefined, undefined, 'conn_rate']);
  });

  it.each([
    ['the same /64', '2001:db8:0:1::1', '2001:db8:0:1:ffff::2', 'max_connections'],
    ['another /64', '2001:db8:0:1::1', '2001:db8:0:2::1', undefined],
    ['IPv4 in its IPv6 form', '8.8.8.8', '::ffff:8.8.8.8', 'max_connections'],
  ] as const)('count as one address or as two: %s', (_name, first, second, expected) => {
    const connections = quota({ connectionsPerIp: 1 });
    connect(connections, first, 1);
    expect(connect(connections, second, 1)).toEqual([expected]);
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])(
    'do not count by address on loopback: %s',
    (address) => {
      expect(connect(quota({ connectionsPerIp: 1 }), address, 2)).toEqual([undefined, undefined]);
    },
  );

  it('leave no address behind', () => {
    const connections = quota({ connectsPerSecond: 1_000_000 });
    for (let host = 0; host < 250; host += 1) {
      const ticket = enter(connections);
      ticket?.identify(`9.9.9.${host}`);
      ticket?.leave();
    }
    expect(connections.knownAddresses).toBeLessThan(10);
  });

  it('are counted with their bytes, also when they have left', () => {
    const connections = quota({});
    enter(connections);
    enter(connections)?.leave();
    expect(connections.bytes).toEqual({ bytesRead: 2, bytesWritten: 4 });
  });
});
