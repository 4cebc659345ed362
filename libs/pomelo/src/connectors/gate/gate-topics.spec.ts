import { defaultRouteOf } from './gate-topics.js';

describe('the route of a topic', () => {
  it.each([
    ['hall/echo', 'hall.handler.echo'],
    ['hall_echo', 'hall.handler.echo'],
    ['/hall//echo/', 'hall.handler.echo'],
    ['hall/echo/5', 'hall.handler.echo'],
    ['hall/聊天', 'hall.handler.聊天'],
  ])('%s is %s', (topic, route) => {
    expect(defaultRouteOf(topic, 'handler')).toBe(route);
  });

  it.each(['', 'hall', 'hall/', '_/', '__hall__'])('there is none for %j', (topic) => {
    expect(defaultRouteOf(topic, 'handler')).toBeUndefined();
  });
});
