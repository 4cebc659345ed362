import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { ParamsFactory } from '@nestjs/core/helpers/external-context-creator.js';
import type { ClientMessage } from '../connectors/connector.interface.js';
import type { Session } from '../sessions/session.js';
import { PomeloParamtypes, SESSION_PARAMTYPES } from './param.decorators.js';

/**
 * What every handler is called with before its parameters are picked: also what `ExecutionContext.getArgs()` gives.
 * In this order `switchToWs()` finds client, data and pattern.
 */
export type HandlerArguments = [session: Session, body: unknown, message: ClientMessage, route: string];

const BODY: number = RouteParamtypes.BODY;

/** Picks the value of one parameter kind. */
export function pickArgument(kind: number, data: unknown, args: HandlerArguments): unknown {
  if (kind === BODY) return typeof data === 'string' ? property(args[1], data) : args[1];
  if (SESSION_PARAMTYPES.includes(kind)) return args[0];
  if (kind === PomeloParamtypes.MESSAGE_ID) return args[2].id;
  if (kind === PomeloParamtypes.ROUTE) return args[3];
  return undefined;
}

/** Lets Nest's own parameter decorators work in handlers. */
export const handlerParamsFactory: ParamsFactory = {
  exchangeKeyForValue: (kind: number, data: unknown, args: unknown[]) =>
    pickArgument(kind, data, args as HandlerArguments),
};

function property(body: unknown, key: string): unknown {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, key)) return undefined;
  return (body as Record<string, unknown>)[key];
}
