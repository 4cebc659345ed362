import { Inject, Injectable, Logger, type CanActivate, type OnModuleInit, type Type } from '@nestjs/common';
import { describeError, stackOf } from '../errors/describe-error.js';
import { ModuleRef } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { firstValueFrom, isObservable } from 'rxjs';
import type { HandshakeData, HandshakeReply } from '../connectors/connector.interface.js';
import { reportReject } from '../diagnostics.js';
import { PomeloConfigException, pomeloError, PomeloException } from '../errors/pomelo.exception.js';
import { toErrorReply } from '../errors/error-reply.js';
import { DecoratedMethodExplorer, type Annotated } from '../discovery/decorated-method.explorer.js';
import { providedOrMade } from '../discovery/provided-or-made.js';
import { LoadShedder } from '../overload/load-shedder.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { withinTime } from '../timing/within-time.js';
import { FrontendSession, transportOf } from '../sessions/frontend-session.js';
import type { Session } from '../sessions/session.js';
import { HANDSHAKE_GUARDS_METADATA, ON_HANDSHAKE_METADATA } from './handshake.decorators.js';

type GuardRef = CanActivate | Type<CanActivate>;
type Hook = (handshake: HandshakeData, session: Session) => unknown;

interface HandshakeStep {
  readonly guards: readonly CanActivate[];
  readonly hook: Hook | undefined;
  readonly host: Type;
  readonly callback: (...args: unknown[]) => unknown;
}

/** Decides on handshakes: the guards in order, then the hooks. */
@Injectable()
export class HandshakePipeline implements OnModuleInit {
  private readonly logger = new Logger('Pomelo');
  private steps: HandshakeStep[] = [];

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly explorer: DecoratedMethodExplorer,
    private readonly modules: ModuleRef,
    private readonly shedder: LoadShedder,
  ) {}

  async onModuleInit(): Promise<void> {
    const steps: HandshakeStep[] = [];
    if (this.options.handshakeGuards.length > 0) {
      const guards = await this.resolve(this.options.handshakeGuards);
      steps.push({ guards, hook: undefined, host: HandshakePipeline, callback: () => undefined });
    }
    const hooks = this.explorer.exploreStatic(ON_HANDSHAKE_METADATA, 'OnHandshake');
    this.refuseIdleGuards(hooks);
    for (const hook of hooks) steps.push(await this.stepOf(hook));
    this.steps = steps;
  }

  /** Nobody wants to decide: handshakes are accepted at once. */
  get isEmpty(): boolean {
    return this.steps.length === 0 && !this.shedder.isOverloaded;
  }

  /** Runs guards and hooks. Rejects with a {@link PomeloException} whose code is for the client. */
  async run(handshake: HandshakeData, session: Session): Promise<HandshakeReply> {
    if (this.shedder.isOverloaded) throw this.shed(session);
    const timeMs = this.options.limits.handshakeHookMs;
    const late = (): PomeloException => pomeloError('HANDSHAKE_TIMEOUT', { ms: timeMs });
    try {
      return await withinTime(this.decide(handshake, session), timeMs, late);
    } catch (error) {
      throw this.refusal(error);
    }
  }

  private shed({ home }: Session): PomeloException {
    reportReject('handshake', 'overloaded', home instanceof FrontendSession ? transportOf(home) : 'other');
    return this.shedder.refusal;
  }

  private async decide(handshake: HandshakeData, session: Session): Promise<HandshakeReply> {
    let user: unknown;
    for (const step of this.steps) {
      for (const guard of step.guards) {
        if (!(await this.allows(guard, step, handshake, session))) throw pomeloError('HANDSHAKE_REFUSED');
      }
      const answer = await step.hook?.(handshake, session);
      if (answer !== undefined) user = answer;
    }
    return user === undefined ? {} : { user };
  }

  private async allows(
    guard: CanActivate,
    step: HandshakeStep,
    handshake: HandshakeData,
    session: Session,
  ): Promise<boolean> {
    const context = new ExecutionContextHost(
      [session, handshake, undefined, '@handshake'],
      step.host,
      step.callback,
    );
    context.setType('ws');
    const verdict = await guard.canActivate(context);
    return isObservable(verdict) ? firstValueFrom(verdict) : verdict;
  }

  private refusal(error: unknown): PomeloException {
    if (error instanceof PomeloException) return error;
    const reply = toErrorReply(error);
    if (reply !== undefined) return new PomeloException(reply.code, reply.msg ?? '');
    this.logger.error(`A handshake hook failed: ${describeError(error)}`, stackOf(error));
    return pomeloError('HANDSHAKE_REFUSED');
  }

  /** A guard that nobody runs is worse than none. */
  private refuseIdleGuards(hooks: readonly Annotated[]): void {
    for (const { prototype, method } of this.explorer.carriersOf(HANDSHAKE_GUARDS_METADATA)) {
      const isRun = hooks.some(
        (hook) =>
          Object.getPrototypeOf(hook.wrapper.instance) === prototype &&
          (method === undefined || hook.method === method),
      );
      const { name } = prototype.constructor;
      const handler = method === undefined ? name : `${name}.${method}`;
      if (!isRun) throw new PomeloConfigException('HANDSHAKE_GUARDS_IDLE', { handler });
    }
  }

  private async stepOf({ wrapper, method }: Annotated): Promise<HandshakeStep> {
    const instance = wrapper.instance as Record<string, Hook>;
    const callback = instance[method] as Hook;
    const host = instance.constructor as unknown as Type;
    const declared = [host, callback].flatMap(
      (target) => (Reflect.getMetadata(HANDSHAKE_GUARDS_METADATA, target) ?? []) as GuardRef[],
    );
    return {
      guards: await this.resolve(declared),
      hook: callback.bind(instance),
      host,
      callback: callback as HandshakeStep['callback'],
    };
  }

  private async resolve(guards: readonly GuardRef[]): Promise<CanActivate[]> {
    return Promise.all(
      guards.map(async (guard) =>
        typeof guard === 'function' ? providedOrMade(this.modules, guard) : guard,
      ),
    );
  }
}
