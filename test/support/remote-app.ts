import { Injectable, NotFoundException } from '@nestjs/common';
import { callContext, InjectRemote, PomeloException, Remote, type RemoteClient } from 'nestjs-pomelo';
import { startApp, type AppSetup, type RunningApp } from './pomelo-app.js';

/** What no client may ever see. */
export const SECRET = 'password=hunter2';

/** A remote with a method for every way to answer. */
@Remote('chat.chatRemote')
export class ChatRemote {
  readonly told: unknown[] = [];
  @Remote() add(uid: string, room: string): string {
    return `${uid} in ${room}`;
  }
  @Remote() async later(value: number): Promise<number> {
    return value + 1;
  }
  @Remote() echo(...args: unknown[]): unknown[] {
    return args;
  }
  @Remote() mutate(list: number[], nested: { list: number[] }): number[] {
    list.push(4);
    nested.list.push(4);
    return list;
  }
  @Remote() nothing(): void {}
  @Remote() never(): Promise<never> {
    return new Promise(() => {});
  }
  @Remote() refuse(): void {
    throw new PomeloException(4001, 'The room is full', { reason: 'ROOM_FULL', data: { size: 9 } });
  }
  @Remote() missing(): void {
    throw new NotFoundException('No such room');
  }
  @Remote() fail(): void {
    throw new TypeError(SECRET);
  }
  @Remote() tell(value: unknown): void {
    this.told.push(value);
  }
  @Remote() context(): Readonly<Record<string, string>> {
    return callContext();
  }
  hidden(): string {
    return 'hidden';
  }
}

/** Whoever calls it. */
@Injectable()
export class Caller {
  constructor(@InjectRemote(ChatRemote) readonly chat: RemoteClient<ChatRemote>) {}
}

/** An application with the remote and its client. */
export interface RemoteApp extends RunningApp {
  readonly chat: RemoteClient<ChatRemote>;
  readonly remote: ChatRemote;
}

/** Starts an application that hosts the remote and calls it. */
export async function startRemotes(setup: AppSetup = {}): Promise<RemoteApp> {
  const providers = [ChatRemote, Caller, ...(setup.providers ?? [])];
  const running = await startApp({ ...setup, providers });
  return { ...running, chat: running.app.get(Caller).chat, remote: running.app.get(ChatRemote) };
}
