import { Handler } from 'nestjs-pomelo';

/** What no client may ever see. */
const SECRET = 'password=hunter2';

/** Requests that go wrong in every way in which a handler can. */
@Handler('connector.failingHandler')
export class FailingHandler {
  @Handler() throwSync(): never {
    throw new Error(SECRET);
  }

  @Handler() async throwAsync(): Promise<never> {
    throw await Promise.resolve(new Error(SECRET));
  }

  @Handler() bigint(): unknown {
    return { value: 1n };
  }

  @Handler() cycle(): unknown {
    const body: Record<string, unknown> = {};
    body['self'] = body;
    return body;
  }

  @Handler() hang(): Promise<never> {
    return new Promise(() => {});
  }

  /** Nobody waits for what fails here. */
  @Handler() forget(): { code: number } {
    void Promise.reject(new Error(SECRET));
    return { code: 200 };
  }
}
