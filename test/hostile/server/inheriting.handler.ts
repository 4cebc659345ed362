import { Handler } from 'nestjs-pomelo';

class Treasury {
  grantEverything(): string {
    return 'granted';
  }
}

/** One method is a route; what it inherits, and what somebody only called private, is not. */
@Handler('connector.inheritingHandler')
export class InheritingHandler extends Treasury {
  @Handler() ping(): { code: number } {
    return { code: 200 };
  }

  _internalGrantGold(): string {
    return 'granted';
  }
}
