import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PomeloConfigException } from '../errors/pomelo.exception.js';
import { DecoratedMethodExplorer, type Annotated } from '../discovery/decorated-method.explorer.js';
import { MethodCompiler, type CompiledMethod } from '../discovery/method-compiler.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { REMOTE_METADATA } from './remote.decorator.js';

type AnyMethod = (...args: unknown[]) => unknown;

/** The remote methods of this process, by `serverType.name.method`. */
@Injectable()
export class RemoteTable implements OnModuleInit {
  private readonly methods = new Map<string, CompiledMethod<unknown[]>>();
  private readonly owners = new Map<string, string>();
  private readonly types = new Set<string>();

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly explorer: DecoratedMethodExplorer,
    private readonly compiler: MethodCompiler,
  ) {}

  onModuleInit(): void {
    for (const found of this.explorer.explore(REMOTE_METADATA, 'Remote')) this.add(found);
  }

  /** A method by its full name. */
  get(name: string): CompiledMethod<unknown[]> | undefined {
    return this.methods.get(name);
  }

  /** Every server type that a remote names. */
  serverTypes(): string[] {
    return [...this.types];
  }

  private add(found: Annotated): void {
    const remote = found.onClass ?? '';
    const [type = '', name = '', ...rest] = remote.split('.');
    if (type === '' || name === '' || rest.length > 0) {
      throw new PomeloConfigException('REMOTE_MALFORMED', { remote, handler: found.name });
    }
    const full = `${remote}.${found.method}`;
    const first = this.owners.get(full);
    if (first !== undefined)
      throw new PomeloConfigException('REMOTE_DUPLICATE', { remote: full, first, second: found.name });
    this.owners.set(full, found.name);
    this.types.add(type);
    if (this.options.server.types !== undefined && !this.options.server.types.includes(type)) return;
    this.methods.set(full, this.compiler.compile<unknown[]>(found, REMOTE_COMPILATION));
  }
}

const REMOTE_COMPILATION = {
  contextType: 'rpc',
  direct: (instance: object, method: string) => {
    const callback = (instance as Record<string, AnyMethod>)[method] as AnyMethod;
    return (...args: unknown[]) => callback.apply(instance, args);
  },
  request: (args: unknown[]) => ({ args }),
} as const;
