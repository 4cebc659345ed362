/** What a process of the benchmark can be asked: its methods. */
export type ParentApi<Api> = { readonly [K in keyof Api]: (...args: never[]) => unknown };

/** Asks a process. */
export interface Question {
  readonly number: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** What it says; number 0 says that it is ready. */
export interface Answer {
  readonly number: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** What the parent told this process when it started it. */
export function readSettings(): unknown {
  return JSON.parse(process.argv[2] ?? '{}');
}

/** Answers the parent until it is gone, and says that it does. */
export function serveParent<Api extends ParentApi<Api>>(api: Api): void {
  answerParent(api);
  greetParent();
}

/** Answers the parent until it is gone. */
export function answerParent<Api extends ParentApi<Api>>(api: Api): void {
  // The boundary to the parent: it asks what the type says.
  const methods = api as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
  process.on('message', ({ number, method, args }: Question) => {
    const answer = async (): Promise<unknown> => methods[method]?.(...args);
    answer().then(
      (value) => tell({ number, value }),
      (error: unknown) => tell({ number, error: String(error) }),
    );
  });
  process.once('disconnect', () => process.exit());
}

/** Says that this process is ready, and what else there is to know. */
export function greetParent(value?: unknown): void {
  tell({ number: 0, value });
}

function tell(answer: Answer): void {
  process.send?.(answer);
}
