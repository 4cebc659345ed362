import { MessageBody } from '@nestjs/websockets';
import { ConnectedSession, Handler, PomeloException, Serial, type Session } from 'nestjs-pomelo';
import { setTimeout as delay } from 'node:timers/promises';

/** The next number of a row that a client counts. */
export interface Next {
  readonly n: number;
  /** How long it takes, in ms. Default 0. */
  readonly ms?: number;
}

/** Numbers that count up, of which each needs what the one before left in the session. */
@Handler('chat.line')
export class ChatLine {
  /** Ordered by the frontend, together with those of {@link ConnectorLine}. */
  @Handler('next', { order: 'session' })
  next(@ConnectedSession() session: Session, @MessageBody() next: Next): Promise<Next> {
    return advance(session, 'ordered', next);
  }

  /** Ordered by this server. */
  @Serial()
  @Handler()
  serial(@ConnectedSession() session: Session, @MessageBody() next: Next): Promise<Next> {
    return advance(session, 'serial', next);
  }
}

/** The part of the row that frontends count. */
@Handler('connector.line')
export class ConnectorLine {
  @Handler('next', { order: 'session' })
  next(@ConnectedSession() session: Session, @MessageBody() next: Next): Promise<Next> {
    return advance(session, 'ordered', next);
  }
}

async function advance(session: Session, row: string, { n, ms = 0 }: Next): Promise<Next> {
  const last: unknown = session.get(row) ?? 0;
  if (last !== n - 1) throw new PomeloException(409, `${row} ${n} came after ${String(last)}`);
  if (ms > 0) await delay(ms);
  await session.set(row, n).push(row);
  return { n };
}
