import { Session as NestSession } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';

/** Parameter kinds of this package, in the table that Nest's own parameter decorators share. */
export const PomeloParamtypes = { MESSAGE_ID: 1001, ROUTE: 1002 } as const;

/** The session of the client that sent the message, as this message sees it. Nest's own `@Session()` does the same. */
export const ConnectedSession = (): ParameterDecorator => NestSession();

/** The id of the request; `undefined` for a notify. */
export const MessageId = (): ParameterDecorator => param(PomeloParamtypes.MESSAGE_ID);

/** The full route of the message. */
export const Route = (): ParameterDecorator => param(PomeloParamtypes.ROUTE);

/** The session itself is what Nest calls request, session and socket. */
export const SESSION_PARAMTYPES: readonly number[] = [RouteParamtypes.REQUEST, RouteParamtypes.SESSION];

function param(kind: number): ParameterDecorator {
  return (target, key, index) => {
    if (key === undefined) return;
    const known = (Reflect.getMetadata(ROUTE_ARGS_METADATA, target.constructor, key) ?? {}) as Record<
      string,
      unknown
    >;
    const entry = { index, data: undefined, pipes: [] };
    Reflect.defineMetadata(
      ROUTE_ARGS_METADATA,
      { ...known, [`${kind}:${index}`]: entry },
      target.constructor,
      key,
    );
  };
}
