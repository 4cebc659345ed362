import { BadRequestException, ForbiddenException, HttpException } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { ErrorReply, toErrorReply } from './error-reply.js';
import { PomeloException, pomeloError } from './pomelo.exception.js';
import { RemoteException } from './remote.exception.js';

describe('an error as a client gets it', () => {
  it('is code, message and data side by side in the Pomelo family', () => {
    const reply = new ErrorReply(402, 'Pay first', { price: 5 });
    expect(JSON.stringify(reply)).toBe('{"price":5,"code":402,"msg":"Pay first"}');
    expect(JSON.stringify(new ErrorReply(500))).toBe('{"code":500}');
  });

  it('keeps its code and message when the data has such keys, too', () => {
    const reply = new ErrorReply(402, 'Pay first', { code: 200, msg: 'ok' });
    expect(reply.toJSON()).toEqual({ code: 402, msg: 'Pay first' });
  });

  it('is a code as text, message and metadata in the pitaya family', () => {
    expect(new ErrorReply(402, 'Pay first', { price: 5 }).toPitaya()).toEqual({
      code: 'PIT-402',
      msg: 'Pay first',
      metadata: { price: 5 },
    });
    expect(new ErrorReply(7).toPitaya()).toEqual({ code: 'PIT-007', msg: '' });
  });
});

describe('what is thrown', () => {
  it.each<[string, unknown, object]>([
    [
      'a PomeloException',
      new PomeloException(4001, 'Full', { data: { size: 9 } }),
      { code: 4001, msg: 'Full', size: 9 },
    ],
    ['an HttpException', new ForbiddenException(), { code: 403, msg: 'Forbidden' }],
    ['one with a list', new BadRequestException(['a', 'b']), { code: 400, msg: 'a; b' }],
    ['one with an object', new HttpException({ secret: 1 }, 422), { code: 422, msg: 'Http Exception' }],
    ['a WsException', new WsException('no'), { code: 500, msg: 'no' }],
    ['one with a code', new WsException({ code: 409, message: 'Taken' }), { code: 409, msg: 'Taken' }],
    ['a 503 of a remote', new RemoteException('REMOTE_NO_SERVER', { type: 'secret' }), { code: 503 }],
    ['an ErrorReply', new ErrorReply(1), { code: 1 }],
  ])('on purpose becomes an answer: %s', (_name, error, answer) => {
    expect(toErrorReply(error)?.toJSON()).toEqual(answer);
  });

  it.each<[string, unknown]>([
    ['an Error', new Error('secret')],
    ['a 500 of a remote', new RemoteException('REMOTE_FAILED', { detail: 'secret' })],
    ['text', 'secret'],
    ['nothing', undefined],
    ['an object that looks like an error', { code: 400, message: 'x', getStatus: () => 400 }],
  ])('by accident has no answer of its own: %s', (_name, error) => {
    expect(toErrorReply(error)).toBeUndefined();
  });

  it('by this package names to clients no ids and no numbers of the configuration', () => {
    expect(toErrorReply(pomeloError('SESSION_CLOSED', { session: 'connector-1.ab.7' }))?.msg).not.toContain(
      'ab.7',
    );
    expect(toErrorReply(pomeloError('REQUEST_TIMEOUT', { ms: 1_234 }))?.msg).not.toContain('1234');
  });
});
