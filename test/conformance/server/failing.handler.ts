import { Handler } from 'nestjs-pomelo';

/** Requests that go wrong in every way in which a handler can: the client must hear of each. */
@Handler('connector.echoHandler')
export class FailingHandler {
  @Handler() error(): never {
    throw new Error('the text that no client may see');
  }

  @Handler() throwSync(): never {
    throw new Error('thrown before the first await');
  }

  @Handler() async throwAsync(): Promise<never> {
    throw await Promise.resolve(new Error('thrown after the first await'));
  }

  @Handler() hang(): Promise<never> {
    return new Promise(() => {});
  }

  @Handler() bigint(): unknown {
    return { value: 1n };
  }

  @Handler() cycle(): unknown {
    const body: Record<string, unknown> = {};
    body['self'] = body;
    return body;
  }
}
