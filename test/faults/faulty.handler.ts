import {
  Body,
  Catch,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import {
  ChannelService,
  ConnectedSession,
  ErrorReply,
  Handler,
  InjectRemote,
  Remote,
  type RemoteClient,
  type Session,
} from 'nestjs-pomelo';
import { mergeMap, of, type Observable } from 'rxjs';
import { faults } from './fault-hook.js';

class Guard implements CanActivate {
  canActivate(): boolean {
    return faults.at('guard', true);
  }
}

/** As `APP_GUARD`. */
export class GlobalGuard implements CanActivate {
  canActivate(): boolean {
    return faults.at('global guard', true);
  }
}

class Pipe implements PipeTransform {
  transform(value: unknown): unknown {
    return faults.at('pipe', value);
  }
}

/** As `APP_PIPE`. */
export class GlobalPipe implements PipeTransform {
  transform(value: unknown): unknown {
    return faults.at('global pipe', value);
  }
}

class Interceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const handled = next
      .handle()
      .pipe(mergeMap((value) => faults.at('interceptor, behind the handler', of(value))));
    return faults.at('interceptor, before the handler', handled);
  }
}

class Mistake extends Error {}

@Catch(Mistake)
class Filter implements ExceptionFilter {
  catch(): ErrorReply {
    return faults.at('filter', new ErrorReply(418));
  }
}

/** Called by the handler, with and without waiting. */
@Remote('t.faultyRemote')
export class FaultyRemote {
  @Remote() work(): string {
    return faults.at('remote', 'fine');
  }
}

/** A handler with every enhancer around it. */
@UseGuards(Guard)
@UseInterceptors(Interceptor)
@UseFilters(Filter)
@Handler('t.faulty')
export class FaultyHandler {
  constructor(@InjectRemote(FaultyRemote) private readonly remotes: RemoteClient<FaultyRemote>) {}

  @Handler() run(@Body(Pipe) _body: unknown): string {
    return faults.at('handler', 'fine');
  }
  @Handler() mistake(): never {
    throw new Mistake();
  }
  @Handler() remote(): Promise<string> {
    return this.remotes.for(null).work();
  }
  @Handler() remoteNotify(): string {
    this.remotes.notify(null).work();
    return 'fine';
  }
}

/** A handler that is called directly, and those of a room. */
@Handler('t.bare')
export class BareHandler {
  constructor(private readonly channels: ChannelService) {}

  @Handler() run(@Body() _body: unknown): string {
    return faults.at('bare handler', 'fine');
  }
  @Handler() async enter(@Body('uid') uid: string, @ConnectedSession() session: Session): Promise<string> {
    await session.bind(uid);
    this.channels.createChannel('room').add(session);
    return 'fine';
  }
  @Handler() async leave(@ConnectedSession() session: Session): Promise<string> {
    await session.unbind();
    return 'fine';
  }
  @Handler() async shout(@Body('text') text: string): Promise<string> {
    await this.channels.createChannel('room').pushMessage('onShout', { text });
    return 'fine';
  }
}
