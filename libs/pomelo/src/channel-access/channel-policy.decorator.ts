import { Injectable, SetMetadata, type Type } from '@nestjs/common';
import { refuseOption } from '../options/option-checks.js';
import type { ChannelRules } from './channel-rules.interface.js';

/** Metadata key of {@link ChannelPolicy}. */
export const CHANNEL_POLICY_METADATA = 'pomelo:channel-policy';

/**
 * Makes an injectable class the policy of channels: of the one with this name, or of all whose names begin with what is
 * in front of a `*` at the end. Of several policies that of the longest pattern decides. List it in `providers`.
 *
 * @example \@ChannelPolicy('room.*') class RoomPolicy implements ChannelRules { canJoin(session, channel) { … } }
 * @throws PomeloConfigException `OPTION_INVALID` for a pattern with a `*` elsewhere.
 */
export const ChannelPolicy = (pattern: string): ((target: Type<ChannelRules>) => void) => {
  if (pattern === '' || pattern.slice(0, -1).includes('*'))
    refuseOption(
      '@ChannelPolicy()',
      pattern,
      'the name of a channel, or the beginning of names and "*"',
      'For example "room.*".',
    );
  return (target) => {
    Injectable()(target);
    SetMetadata(CHANNEL_POLICY_METADATA, pattern)(target);
  };
};
