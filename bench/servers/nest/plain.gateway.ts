import {
  UseGuards,
  UseInterceptors,
  UsePipes,
  ValidationPipe,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import { IsNumber, IsString } from 'class-validator';
import type { Server } from 'ws';

class Allow implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

class Pass implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle();
  }
}

class Entity {
  @IsNumber() seq!: number;
  @IsString() uid!: string;
  @IsNumber() x!: number;
  @IsNumber() y!: number;
  @IsString() msg!: string;
}

/** What the handlers of our server do, for the JSON messages of Nest's `WsAdapter`. */
@WebSocketGateway()
export class PlainGateway {
  @WebSocketServer() private readonly server!: Server;

  @SubscribeMessage('echo')
  echo(@MessageBody() data: unknown): unknown {
    return { event: 'echo', data };
  }

  @UseGuards(Allow)
  @UseInterceptors(Pass)
  @UsePipes(new ValidationPipe({ transform: true }))
  @SubscribeMessage('checked')
  checked(@MessageBody() data: Entity): unknown {
    return { event: 'checked', data };
  }

  @SubscribeMessage('bcast')
  broadcast(@MessageBody() data: unknown): void {
    const text = JSON.stringify({ event: 'onBroadcast', data });
    for (const client of this.server.clients) client.send(text);
  }
}
