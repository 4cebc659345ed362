import { checkArray, refuseOption } from '../options/option-checks.js';
import { isLoopback } from './ip-address.js';

/** Which pages may open a WebSocket. */
export interface OriginOptions {
  /**
   * Origins of pages, exactly as browsers send them (`https://game.example`), `'self'` for pages of the host and port
   * that is connected to, or `'*'` for all. Default: none when NODE_ENV is `production`, else pages of the same host name
   * and of loopback. The origin `null` is never allowed but by `'*'`.
   */
  readonly origins?: readonly string[] | '*';
  /** Refuses WebSocket clients without an origin, which no browser is. Default false: they are native clients. */
  readonly requireOrigin?: boolean;
}

/** Decides on the `Origin` header of an upgrade request. */
export class OriginPolicy {
  private readonly allowed: ReadonlySet<string> | '*' | 'development';
  private readonly allowsSelf: boolean;
  private readonly requireOrigin: boolean;

  /** Throws `OPTION_INVALID` with `option` in front of the name. */
  constructor(option: string, { origins, requireOrigin = false }: OriginOptions, isProduction: boolean) {
    if (origins === '*') this.allowed = '*';
    else if (origins === undefined && !isProduction) this.allowed = 'development';
    else this.allowed = new Set(checkOrigins(`${option}origins`, origins));
    this.allowsSelf = Array.isArray(origins) && origins.includes('self');
    this.requireOrigin = requireOrigin;
  }

  /** `origin` and `host` are the headers of the request; `isSecure` says that it came over TLS. */
  allows(origin: string | undefined, host: string | undefined, isSecure: boolean): boolean {
    if (origin === undefined) return !this.requireOrigin;
    if (this.allowed === '*') return true;
    if (this.allowed === 'development') return isOfDeveloper(origin, host);
    return (
      this.allowed.has(origin) || (this.allowsSelf && origin === `${isSecure ? 'https' : 'http'}://${host}`)
    );
  }
}

function isOfDeveloper(origin: string, host: string | undefined): boolean {
  const page = hostNameOf(origin);
  if (page === undefined) return false;
  return page === 'localhost' || isLoopback(page) || page === hostNameOf(`http://${host}`);
}

function hostNameOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const name = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
  return name === '' ? undefined : name;
}

function checkOrigins(option: string, origins: readonly string[] | undefined): string[] {
  const named = checkArray(option, origins).filter((origin) => origin !== 'self');
  for (const origin of named) {
    if (typeof origin !== 'string' || !URL.canParse(origin) || new URL(origin).origin !== origin)
      refuseOption(option, origin, 'a list of origins or "*"', 'For example ["https://game.example"].');
  }
  return named;
}
