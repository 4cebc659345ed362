import { ShopHandler } from './fixtures/guide/shop.handler.js';
import { startApp } from './support/pomelo-app.js';

describe('the shop of the handlers page', () => {
  it('takes the gold of every order once, also of those that come at the same time', async () => {
    const { connect } = await startApp({ providers: [ShopHandler] });
    const client = await connect();
    const buy = (orderId: string, price: number): Promise<unknown> =>
      client.request('game.shopHandler.buy', { orderId, price });
    const answers = [buy('a', 10), buy('b', 20), buy('a', 10), buy('c', 30)];
    expect(await Promise.all(answers)).toEqual([{ gold: 90 }, { gold: 70 }, { gold: 90 }, { gold: 40 }]);
    expect(await client.request('game.shopHandler.offers')).toEqual({ offers: ['sword', 'shield'] });
  });
});
