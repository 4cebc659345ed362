import fc from 'fast-check';
import { MemberList } from './member-list.js';

const uids = fc.constantFrom('ann', 'bob', 'eve');
const sids = fc.constantFrom('c-1', 'c-2');
const sessions = fc.integer({ min: 1, max: 3 });

type Step =
  | { readonly do: 'addUser' | 'removeUser'; readonly uid: string; readonly sid: string }
  | { readonly do: 'add' | 'remove'; readonly uid: string; readonly sid: string; readonly session: number }
  | { readonly do: 'lose'; readonly sid: string };

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('addUser', 'removeUser'), uid: uids, sid: sids }),
  fc.record({ do: fc.constantFrom('add', 'remove'), uid: uids, sid: sids, session: sessions }),
  fc.record({ do: fc.constant('lose'), sid: sids }),
);

/** What a member list has to be, said as slowly as possible: lines of `uid sid session`, `*` for all sessions. */
class Model {
  lines = new Set<string>();

  apply(step: Step): void {
    switch (step.do) {
      case 'addUser':
        this.drop((uid, sid, id) => uid === step.uid && (sid === step.sid || id === '*'));
        this.lines.add(`${step.uid} ${step.sid} *`);
        break;
      case 'removeUser':
        this.drop((uid, sid) => uid === step.uid && sid === step.sid);
        break;
      case 'add':
        if (!this.lines.has(`${step.uid} ${step.sid} *`)) this.lines.add(lineOf(step));
        break;
      case 'remove':
        this.lines.delete(lineOf(step));
        break;
      case 'lose':
        this.drop((_uid, sid) => sid === step.sid);
        break;
    }
  }

  private drop(isMeant: (uid: string, sid: string, id: string) => boolean): void {
    for (const line of this.lines) {
      const [uid = '', sid = '', id = ''] = line.split(' ');
      if (isMeant(uid, sid, id)) this.lines.delete(line);
    }
  }
}

type SessionStep = Extract<Step, { session: number }>;

const idOf = ({ uid, sid, session }: SessionStep): string => `${uid}/${sid}/${session}`;
const lineOf = (step: SessionStep): string => `${step.uid} ${step.sid} ${idOf(step)}`;

function apply(list: MemberList, step: Step): void {
  if (step.do === 'addUser') list.addUser(step.uid, step.sid);
  else if (step.do === 'removeUser') list.removeUser(step.uid, step.sid);
  else if (step.do === 'add') list.addSession(step.uid, step.sid, idOf(step));
  else if (step.do === 'remove') list.removeSession(step.uid, idOf(step));
  else list.removeServer(step.sid);
}

function linesOf(list: MemberList): string[] {
  return list
    .all()
    .flatMap(({ uid, places }) =>
      places.flatMap(({ sid, sessions: ids = ['*'] }) => [...ids].map((id) => `${uid} ${sid} ${id}`)),
    );
}

describe('the members of a channel', () => {
  it('are those who were added and not removed, with their places, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.array(steps), (all) => {
        const [list, model] = [new MemberList(), new Model()];
        for (const step of all) {
          apply(list, step);
          model.apply(step);
          expect(linesOf(list).toSorted()).toEqual([...model.lines].toSorted());
        }
        expect(list.size).toBe(new Set([...model.lines].map((line) => line.split(' ')[0])).size);
      }),
    );
  });

  it('tell which sessions need no watch any more', () => {
    const list = new MemberList();
    list.addSession('ann', 'c-1', 's1');
    list.addSession('ann', 'c-2', 's2');
    expect([...list.addUser('ann', 'c-1')]).toEqual(['s1']);
    expect(list.addSession('ann', 'c-1', 's3')).toBe(false);
    expect(list.removeUser('ann', 'c-9')).toBeUndefined();
    expect([...(list.removeUser('ann') ?? [])]).toEqual(['s2']);
    list.addSession('bob', 'c-2', 's4');
    expect(list.removeServer('c-2')).toEqual(['s4']);
    expect(list.uids()).toEqual([]);
  });
});
