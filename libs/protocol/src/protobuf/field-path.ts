/** How an error names a place in a body: `path[1].x`, and `(body)` for the body itself. */
export function fieldPath(steps: readonly (string | number)[]): string {
  if (steps.length === 0) return '(body)';
  return steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`;
    return path === '' ? step : `${path}.${step}`;
  }, '');
}
