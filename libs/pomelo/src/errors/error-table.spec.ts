import { ERROR_TABLE, errorText, type ErrorCode, type ErrorEntry } from './error-table.js';

const rows = Object.entries(ERROR_TABLE) as [ErrorCode, ErrorEntry][];

describe('the error table', () => {
  it.each(rows)('%s has a status that clients know, or stops the start', (_code, { status }) => {
    expect(status === 0 || (status >= 400 && status < 600)).toBe(true);
  });

  it.each(rows)('%s is a sentence that begins with a capital or a name', (_code, { text }) => {
    expect(text).toMatch(/^(?:[A-Z@a-z]|\{)/);
    expect(text).toMatch(/[.}]$/);
  });

  it.each(rows.filter(([, { told }]) => told !== undefined))(
    '%s tells clients a sentence without values',
    (_code, { told }) => {
      expect(told).toMatch(/^[A-Z][^{}]*\.$/);
    },
  );
});

describe('a sentence', () => {
  it('is filled with its values, whatever they are', () => {
    expect(errorText('ALREADY_BOUND', { uid: 'ann' })).toBe(
      'The session is already bound to "ann"; unbind it first.',
    );
    expect(errorText('REQUEST_TIMEOUT', { ms: 50 })).toContain('within 50 ms');
    expect(errorText('NOT_BOUND')).toContain('"undefined"');
    expect(errorText('CONNECTOR_INVALID', { index: 0, value: { a: 1 } })).toContain('{"a":1}');
  });

  it('shows a value cut and without control characters, so that it cannot forge a line of a log', () => {
    const text = errorText('NOT_BOUND', { uid: `a\n\u001b[31m\u009b${'x'.repeat(200)}` });
    expect(text).toContain('"a\\u000a\\u001b[31m\\u009bxxx');
    expect(text.length).toBeLessThan(200);
  });

  it('is not filled a second time by what a value says', () => {
    expect(errorText('NOT_BOUND', { uid: '{session}', session: 'secret' })).toContain('"{session}"');
  });
});
