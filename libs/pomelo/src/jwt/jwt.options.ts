import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { JWTVerifyGetKey } from 'jose';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { HandshakeData } from '../connectors/connector.interface.js';
import type { ReplayStore } from './replay-store.interface.js';

/** The algorithms of signatures that can be allowed. There is no `none`. */
export const JWT_ALGORITHMS = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/** One of {@link JWT_ALGORITHMS}. */
export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number];

/**
 * What signatures are checked with: a secret (for HS*, as long as the hash at least), a public key as PEM text, `KeyObject`
 * or JWK, the `https:` address of a JWKS, or a function that chooses the key by the header of the token, as those of `jose`.
 */
export type JwtKey = string | Uint8Array | KeyObject | JsonWebKey | URL | JWTVerifyGetKey;

/** Options of `PomeloJwtModule`. */
export interface JwtOptions {
  readonly key: JwtKey;
  /** The algorithms that tokens may be signed with: either HS* or others, which must fit the key. */
  readonly algorithms: readonly JwtAlgorithm[];
  /** Who may have issued it: `iss` is one of these. Default anybody who has the key. */
  readonly issuer?: string | readonly string[];
  /** For whom it may be: `aud` has one of these. Default anybody. */
  readonly audience?: string | readonly string[];
  /** Seconds by which the clocks of issuer and servers may differ. Default 5. */
  readonly clockToleranceSeconds?: number;
  /** Seconds after `iat` in which it has to be used. Default 60 with `singleUse`, else as long as it is valid. */
  readonly maxTokenAgeSeconds?: number;
  /** A token, known by its `jti`, is good for one login or renewal: on this server (true), or wherever the store holds. Default false. */
  readonly singleUse?: boolean | ReplayStore;
  /** Finds the token in a handshake. Default `user.token`. */
  readonly tokenOf?: (handshake: HandshakeData) => unknown;
  /** The claim that is bound as uid. Default `sub`. */
  readonly uidClaim?: string;
  /** The claims that the session keeps; `exp` always. They travel with its messages between servers. Default all. */
  readonly claims?: readonly string[];
  /** The session value that has them. Default `claims`. */
  readonly sessionKey?: string;
  /** Seconds after `exp` in which a session may bring a new token before it is kicked; false never ends it. Default 25. */
  readonly graceSeconds?: number | false;
}

/** The boilerplate of `forRoot` and `forRootAsync`. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<JwtOptions>({
  moduleName: 'PomeloJwt',
})
  .setClassMethodName('forRoot')
  .build();
