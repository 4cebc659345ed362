import { wrongExecutions, type Outcome } from './fleet/ledgers.js';
import { Program } from './support/program.js';

describe('chaos', () => {
  it('costs nobody an answer, a second execution, the order or a session, in twenty seconds', async () => {
    const run = Program.start('chaos/main.js', { args: ['--minutes', '0.33'] });
    const code = await run.ended();
    expect({ code, output: run.output, errors: run.errors }).toEqual({
      code: 0,
      output: expect.stringMatching(/^seed \d+\nfaults\n {2}\w+/),
      errors: '',
    });
    expect(run.output).toMatch(/ok {4,}\d{3,}$/m);
  }, 120_000);

  const judge = (executed: readonly string[][], outcomes: readonly Outcome[] = []): string[] =>
    wrongExecutions(
      executed.map((keys, index) => ({ id: `chat-${index + 1}`, executed: () => keys, outcomes: () => [] })),
      outcomes,
    );

  it('finds what was executed twice, on one server or on two', () => {
    expect(judge([['a 1', 'a 2'], ['b 1']])).toEqual([]);
    expect(judge([['a 1'], ['a 1']])).toEqual(['a 1 was executed 2 times']);
    expect(judge([['a 1', 'a 1']])).toContain('a 1 was executed 2 times');
  });

  it('finds what was executed out of order, and not gaps', () => {
    expect(judge([['a 1', 'b 1', 'a 3', 'b 7']])).toEqual([]);
    expect(judge([['a 1', 'a 3', 'a 2']])).toEqual(['chat-1 executed a 2 after 3']);
  });

  it('finds answers that say what did not happen', () => {
    const outcomes: Outcome[] = [
      ['a 1', 'ok'],
      ['a 2', '504'],
      ['a 3', '504'],
      ['a 4', '503'],
    ];
    expect(judge([['a 1', 'a 2']], outcomes)).toEqual([]);
    expect(judge([[]], [['a 1', 'ok']])).toEqual(['a 1 succeeded and was not executed']);
    expect(judge([['a 1']], [['a 1', '503']])).toEqual(['a 1 ended with 503 and was executed']);
  });
});
