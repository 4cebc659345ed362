import { Handler } from 'nestjs-pomelo';

/** A route of another type than `chat`, which must not suffer with it. */
@Handler('lobby.desk')
export class LobbyHandler {
  @Handler() ping(): { code: number } {
    return { code: 200 };
  }
}
