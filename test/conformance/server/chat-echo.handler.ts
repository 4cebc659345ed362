import { Handler } from 'nestjs-pomelo';
import { EchoHandler } from './echo.handler.js';
import { FailingHandler } from './failing.handler.js';

/** The same methods on a server that has no clients: their messages are forwarded. */
@Handler('chat.echoHandler')
export class ChatEchoHandler extends EchoHandler {}

/** And those that go wrong. */
@Handler('chat.echoHandler')
export class ChatFailingHandler extends FailingHandler {}
