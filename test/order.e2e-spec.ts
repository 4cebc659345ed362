import { disorderIn } from './order/executed.js';
import { Program } from './support/program.js';

describe('the order of messages and pushes in a cluster under load', () => {
  it('is kept between frontends and back ends, for a few seconds', async () => {
    const run = Program.start('order/main.js', { args: ['--minutes', '0.05', '--clients', '20'] });
    const code = await run.ended();
    expect({ code, output: run.output, errors: run.errors }).toEqual({
      code: 0,
      output: expect.stringMatching(/^seed \d+\n20 clients, .* [1-9]\d* pushes\n$/),
      errors: '',
    });
  }, 120_000);

  const judge = (...executed: readonly (readonly string[])[]): string[] =>
    disorderIn(
      executed.map((keys, index) => ({ id: `chat-${index + 1}`, executed: () => keys })),
      [{ name: 'a b', sent: 3 }],
    );

  it('is seen to be kept when everything was executed as it was sent', () => {
    expect(judge(['a b 1', 'a b 2', 'a b 3'], [])).toEqual([]);
  });

  it.each([
    ['out of order', [['a b 1', 'a b 3', 'a b 2']], 'chat-1 executed a b 3 after 1'],
    ['twice', [['a b 1', 'a b 1', 'a b 2', 'a b 3']], 'chat-1 executed a b 1 after 1'],
    ['not at all', [['a b 1', 'a b 3']], 'chat-1 executed a b 3 after 1'],
    ['twice, on two servers', [['a b 1', 'a b 2', 'a b 3'], ['a b 3']], 'chat-2 executed a b 3 after 3'],
    ['not at the end', [['a b 1', 'a b 2']], 'a b sent 3, and not all were executed'],
  ])('is seen to be broken by what was executed %s', (_how, executed, sentence) => {
    expect(judge(...executed)).toContain(sentence);
  });
});
