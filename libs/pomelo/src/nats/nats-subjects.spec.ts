import { NatsSubjects, senderOfAnnouncement, senderOfBatch } from './nats-subjects.js';

const own = new NatsSubjects({ id: 'a', inc: 'x1', role: 'chat', types: ['chat'], namespace: 'game' });
const peer = new NatsSubjects({ id: 'b', inc: 'y2', role: 'gate+room', types: [], namespace: 'game' });
const b = { id: 'b', inc: 'y2', role: 'gate+room' };

describe('a subject', () => {
  it('names its sender', () => {
    expect(senderOfBatch(peer.inbox('a'))).toEqual(b);
    expect(senderOfBatch(peer.type('chat'))).toEqual(b);
    expect(senderOfAnnouncement(peer.announcement)).toEqual(b);
    expect(own.readWelcome(peer.welcomeTo(own.welcome(7)) ?? '')).toEqual({ question: 7, from: b });
  });

  it('names nobody when something is missing, or stands behind the sender', () => {
    expect(senderOfBatch('pf.game.s.a.gate.b')).toBeUndefined();
    expect(senderOfBatch(`${peer.inbox('a')}.chat.c.z`)).toBeUndefined();
    expect(senderOfAnnouncement(`${peer.announcement}.chat.c.z`)).toBeUndefined();
    expect(own.readWelcome(`${own.welcome(7)}.gate`)).toBeUndefined();
    expect(own.readWelcome(peer.welcomeTo(`${own.welcome(7)}.chat.c.z`) ?? '')).toBeUndefined();
  });

  it('brings back what was not delivered, and that nobody is there', () => {
    expect(own.readReturn(own.return('b', 12))).toEqual({ to: 'b', batchNo: 12 });
    expect(own.readReturn(own.return('b', -1))).toEqual({ to: 'b', batchNo: -1 });
    expect(own.readWelcome(own.welcome(7))).toEqual({ question: 7, from: 'nobody' });
  });

  it('for an answer is one for answers', () => {
    expect(own.welcomeTo('pf.game.s.b')).toBeUndefined();
    expect(own.welcomeTo('pf.other.h.b.y2.1')).toBeUndefined();
    expect(own.welcomeTo('')).toBeUndefined();
  });
});
