import { Logger } from '@nestjs/common';
import { HandshakeCode, type HandshakeRequest } from 'nestjs-pomelo-protocol';
import type { RejectReason } from '../../diagnostics.js';
import { describeError } from '../../errors/describe-error.js';
import { checkOptional, checkRecord } from '../../options/option-checks.js';
import type { HandshakeData } from '../connector.interface.js';

/** Looks at a handshake: gives a sentence, or throws, to refuse the client. The sentence is for the log alone. */
export type HandshakeValidator = (handshake: HandshakeData) => string | void | Promise<string | void>;

/** Who may shake hands, before the guards and hooks of the application are asked. */
export interface HandshakeCheckOptions {
  /** Refuses clients with code 501 by the type and version of their handshake. May return a promise. */
  readonly checkClient?: (
    type: string | undefined,
    version: string | undefined,
  ) => boolean | Promise<boolean>;
  /** Refuse clients with code 400, as pitaya does; each has a name for the log. Called in order, after `checkClient`. */
  readonly handshakeValidators?: Readonly<Record<string, HandshakeValidator>>;
}

/** Names of {@link HandshakeCheckOptions}. */
export const HANDSHAKE_CHECK_OPTIONS = ['checkClient', 'handshakeValidators'];

/** What pitaya says to a client that a validator refuses. */
const INVALID = 400;

/** A client that is not welcome: the code for it, and the word for the counters. */
export interface HandshakeRefusal {
  readonly code: number;
  readonly reason: RejectReason;
}

/** Runs the checks of a connector. */
export class HandshakeChecks {
  private readonly logger = new Logger('Pomelo');

  private constructor(
    private readonly checkClient: HandshakeCheckOptions['checkClient'],
    private readonly validators: readonly (readonly [name: string, validator: HandshakeValidator])[],
  ) {}

  /** The checks that the options ask for; `undefined` when there are none. Throws `OPTION_INVALID`. */
  static of({ checkClient, handshakeValidators }: HandshakeCheckOptions): HandshakeChecks | undefined {
    checkOptional('hybrid.checkClient', checkClient, 'function');
    checkRecord('hybrid.handshakeValidators', handshakeValidators);
    const validators = Object.entries(handshakeValidators ?? {});
    for (const [name, validator] of validators)
      checkOptional(`hybrid.handshakeValidators.${name}`, validator ?? null, 'function');
    if (checkClient === undefined && validators.length === 0) return undefined;
    return new HandshakeChecks(checkClient, validators);
  }

  /** Why the client is not welcome; `undefined` when it is. Never rejects. */
  async refusalOf({ sys, user }: HandshakeRequest): Promise<HandshakeRefusal | undefined> {
    if (!(await this.isServed(sys))) return { code: HandshakeCode.OldClient, reason: 'old_client' };
    for (const [name, validator] of this.validators) {
      const complaint = await complaintOf(() => validator({ sys, user }));
      if (complaint === undefined) continue;
      this.logger.debug(`Handshake validator "${name}" refused a client: ${complaint}`);
      return { code: INVALID, reason: 'handshake_refused' };
    }
    return undefined;
  }

  private async isServed({ type, version }: HandshakeRequest['sys']): Promise<boolean> {
    if (this.checkClient === undefined) return true;
    try {
      return await this.checkClient(type, version);
    } catch (error) {
      this.logger.debug(`checkClient refused a client: ${describeError(error)}`);
      return false;
    }
  }
}

async function complaintOf(validate: () => ReturnType<HandshakeValidator>): Promise<string | undefined> {
  try {
    const complaint: unknown = await validate();
    return complaint === undefined ? undefined : describeError(complaint);
  } catch (error) {
    return describeError(error);
  }
}
