import { Emitter } from './emitter.js';

describe('an emitter', () => {
  const thrown: unknown[] = [];
  const emitter = (): Emitter<Record<string, unknown>> => new Emitter((error) => thrown.push(error));

  it('calls those that listen when the event happens, not those added or removed by it', () => {
    const events = emitter();
    const calls: string[] = [];
    events.on('a', () => {
      calls.push('first');
      events.on('a', () => calls.push('added'));
    });
    events.on('a', () => calls.push('second'));
    events.emit('a', 1);
    expect(calls).toEqual(['first', 'second']);
  });

  it('calls a listener of one event once, also when the event happens inside it', () => {
    const events = emitter();
    let calls = 0;
    events.once('a', () => {
      calls++;
      events.emit('a', 2);
    });
    events.emit('a', 1);
    expect(calls).toBe(1);
  });

  it('keeps nothing of a name without listeners, and knows no inherited names', () => {
    const events = emitter();
    const stop = events.on('a', () => undefined);
    stop();
    stop();
    expect(events.has('a')).toBe(false);
    expect(events.has('constructor')).toBe(false);
    events.emit('__proto__', 1);
    expect(thrown).toEqual([]);
  });
});
