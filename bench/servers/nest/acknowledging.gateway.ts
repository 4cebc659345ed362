import { MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import type { Server } from 'socket.io';

/** The same for socket.io: what is returned is the acknowledgement. */
@WebSocketGateway()
export class AcknowledgingGateway {
  @WebSocketServer() private readonly server!: Server;

  @SubscribeMessage('echo')
  echo(@MessageBody() body: unknown): unknown {
    return body;
  }

  @SubscribeMessage('bcast')
  broadcast(@MessageBody() body: unknown): void {
    this.server.emit('onBroadcast', body);
  }
}
