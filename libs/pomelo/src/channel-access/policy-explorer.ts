import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { PomeloConfigException } from '../errors/pomelo.exception.js';
import { CHANNEL_POLICY_METADATA } from './channel-policy.decorator.js';
import type { ChannelRules } from './channel-rules.interface.js';

/** A policy of the application. */
export interface FoundPolicy {
  readonly pattern: string;
  readonly rules: ChannelRules;
}

/** Finds the providers with `@ChannelPolicy`. */
@Injectable()
export class PolicyExplorer {
  constructor(private readonly discovery: DiscoveryService) {}

  /** Throws `CHANNEL_POLICY_DUPLICATE`, or `LISTENER_NOT_STATIC` for a policy that is made anew for every message. */
  explore(): FoundPolicy[] {
    const found = new Map<string, ChannelRules>();
    for (const wrapper of this.discovery.getProviders()) {
      const pattern = patternOf(wrapper.metatype);
      if (pattern === undefined || wrapper.isAlias) continue;
      if (!wrapper.isDependencyTreeStatic())
        throw new PomeloConfigException('LISTENER_NOT_STATIC', {
          handler: wrapper.name,
          decorator: 'ChannelPolicy',
        });
      const rules = wrapper.instance as ChannelRules;
      const first = found.get(pattern);
      if (first !== undefined && first.constructor !== rules.constructor)
        throw new PomeloConfigException('CHANNEL_POLICY_DUPLICATE', {
          pattern,
          first: first.constructor.name,
          second: wrapper.name,
        });
      found.set(pattern, rules);
    }
    return Array.from(found, ([pattern, rules]) => ({ pattern, rules }));
  }
}

function patternOf(metatype: unknown): string | undefined {
  if (typeof metatype !== 'function') return undefined;
  return Reflect.getMetadata(CHANNEL_POLICY_METADATA, metatype) as string | undefined;
}
