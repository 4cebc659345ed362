import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { parseRoute } from 'nestjs-pomelo-protocol';
import type { ClientMessage } from '../connectors/connector.interface.js';
import { PomeloConfigException } from '../errors/pomelo.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import type { Session } from '../sessions/session.js';
import { compileDirectHandler } from './direct-handler.js';
import { handlerParamsFactory, type HandlerArguments } from './handler-arguments.js';
import { HANDLER_METADATA } from './handler.decorator.js';
import { traitsOf, type HandlerTraits } from './handler-options.js';
import { SerialLanes } from './serial-lanes.js';
import { DecoratedMethodExplorer, type Annotated } from '../discovery/decorated-method.explorer.js';
import { MethodCompiler, type CompiledMethod } from '../discovery/method-compiler.js';

/** One route of this process. */
export interface CompiledHandler {
  readonly route: string;
  readonly serverType: string;
  /** `ClassName.method`. */
  readonly name: string;
  readonly invoke: CompiledMethod<HandlerArguments>;
}

/** Route to compiled handler, built once at start-up. Only decorated methods of hosted server types are in it. */
@Injectable()
export class HandlerTable implements OnModuleInit {
  private readonly logger = new Logger('Pomelo');
  private readonly hosted = new Map<string, CompiledHandler>();
  private readonly declared = new Map<string, string>();
  private readonly types = new Set<string>();
  /** Of the routes that the application declares, hosted here or not. */
  private readonly traits = new Map<string, HandlerTraits>();
  private ordersMessages: boolean;

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly explorer: DecoratedMethodExplorer,
    private readonly compiler: MethodCompiler,
    private readonly lanes: SerialLanes,
  ) {
    this.ordersMessages = options.order === 'session';
  }

  onModuleInit(): void {
    for (const found of this.explorer.explore(HANDLER_METADATA, 'Handler')) this.add(found);
  }

  /** The handler of a route; `undefined` when this process has none. */
  get(route: string): CompiledHandler | undefined {
    return this.hosted.get(route);
  }

  /** Some messages wait for the end of others of their session. */
  get hasOrder(): boolean {
    return this.ordersMessages;
  }

  /** Messages to this route wait for the end of others of their session; also a route that nobody here declares. */
  isOrdered(route: string): boolean {
    return (this.traits.get(route)?.order ?? this.options.order) === 'session';
  }

  /** Messages to this route are handled also while load is shed. */
  isEssential(route: string): boolean {
    return this.traits.get(route)?.essential === true;
  }

  /** Every route that the application declares, hosted here or not: the route dictionary is the same on every server. */
  routes(): string[] {
    return [...this.declared.keys()];
  }

  /** Every server type that a handler names. */
  serverTypes(): string[] {
    return [...this.types];
  }

  /** Handlers of this type run in this process. */
  hosts(type: string): boolean {
    return this.options.server.types?.includes(type) ?? this.types.has(type);
  }

  private add(found: Annotated): void {
    const text = routeText(found);
    const route = parseRoute(text);
    const limit = this.options.limits.routeBytes;
    if (route === undefined || Buffer.byteLength(text) > limit) {
      throw new PomeloConfigException('ROUTE_MALFORMED', { route: text, handler: found.name, limit });
    }
    const first = this.declared.get(text);
    if (first !== undefined)
      throw new PomeloConfigException('ROUTE_DUPLICATE', { route: text, first, second: found.name });
    this.declared.set(text, found.name);
    this.types.add(route.serverType);
    const traits = traitsOf(found);
    this.traits.set(text, traits);
    this.ordersMessages ||= traits.order === 'session';
    if (!this.hosts(route.serverType)) return;
    const compiled = this.compiler.compile<HandlerArguments>(found, {
      contextType: 'ws',
      paramsFactory: handlerParamsFactory,
      direct: compileDirectHandler,
      request: (args) => new HandlerRequest(...args),
    });
    const invoke = traits.serial ? this.lanes.wrap(compiled) : compiled;
    this.hosted.set(text, { route: text, serverType: route.serverType, name: found.name, invoke });
    this.logger.log(`Mapped {${text}} to ${found.name}`);
  }
}

/** What a provider of request scope gets when it injects `REQUEST`. */
export class HandlerRequest {
  constructor(
    readonly session: Session,
    readonly body: unknown,
    readonly message: ClientMessage,
    readonly route: string,
  ) {}
}

function routeText({ onClass, onMethod, method }: Annotated): string {
  const last = onMethod === '' ? method : onMethod;
  return onClass === undefined || onClass === '' ? last : `${onClass}.${last}`;
}
