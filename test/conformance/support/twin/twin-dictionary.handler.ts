import { Body } from '@nestjs/common';
import { Handler, type HandshakeData, OnHandshake, PomeloException } from 'nestjs-pomelo';

/** The remaining routes of the recorded dictionary, which no recording calls: each has its code all the same. */
@Handler('connector.echoHandler')
export class TwinDictionaryHandler {
  @Handler() broadcast(): void {}
  @Handler() leave(): void {}
  @Handler() members(): void {}
  @Handler() never(): void {}
  @Handler() publish(): void {}
  @Handler() rpcEcho(): void {}
  @Handler() rpcError(): void {}
  @Handler() sess(): void {}
  @Handler() slow(): void {}
  @Handler() stats(): void {}
  @Handler() subscribe(): void {}
}

/** The recorded handshake callback, and the one handler beside it. */
@Handler('connector.entryHandler')
export class TwinEntryHandler {
  @OnHandshake()
  welcome({ user }: HandshakeData): object | undefined {
    const { reject, throw: fails } = (user ?? {}) as { reject?: boolean; throw?: boolean };
    if (reject === true) throw new PomeloException(500, 'rejected');
    if (fails === true) throw new Error('the callback throws');
    return user === undefined ? undefined : { echo: user };
  }

  @Handler() entry(@Body() body: unknown): unknown {
    return body;
  }
}
