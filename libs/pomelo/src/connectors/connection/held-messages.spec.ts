import { PACKAGE_HEAD_BYTES, PackageType } from 'nestjs-pomelo-protocol';
import { HeldMessages } from './held-messages.js';

function held(...texts: readonly string[]): HeldMessages<PackageType> {
  const packages = new HeldMessages<PackageType>(PACKAGE_HEAD_BYTES);
  for (const text of texts) packages.hold(PackageType.Data, Buffer.from(text));
  return packages;
}

describe('packages that came before their time', () => {
  it('are given in order, each once', () => {
    const packages = held('a', 'b', 'c');
    const taken: string[] = [];
    packages.release((_type, body) => taken.push(body.toString()) < 2);
    expect([taken, packages.isEmpty]).toEqual([['a', 'b'], false]);
    packages.release((_type, body) => taken.push(body.toString()) > 0);
    expect([taken, packages.isEmpty]).toEqual([['a', 'b', 'c'], true]);
    packages.release(() => {
      throw new Error('nothing is left');
    });
  });

  it('are given by one call, however often they are asked for meanwhile', () => {
    const packages = held(...Array.from({ length: 20_000 }, () => 'x'));
    let taken = 0;
    const take = (): boolean => {
      taken += 1;
      packages.release(take);
      return true;
    };
    packages.release(take);
    expect([taken, packages.isEmpty]).toEqual([20_000, true]);
  });

  it('do not change when the memory that they came in is used again', () => {
    const packages = held();
    const chunk = Buffer.from('first');
    packages.hold(PackageType.Data, chunk);
    chunk.fill('x');
    packages.release((_type, body) => {
      expect(body.toString()).toBe('first');
      return true;
    });
  });

  it('are counted with their heads', () => {
    expect(held('abc', '').bytes).toBe(3 + 4 + 4);
  });
});
