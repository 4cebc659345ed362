import type { Deviation } from './deviations.js';
import { answer } from './wire-bytes.js';

/** What differs in the recorded exchange with dictionary and protobuf. */
export const DATA_DEVIATIONS: readonly Deviation[] = [
  {
    names: ['compressed route, unknown code 999', 'compressed route code 0'],
    says: answer(3, '{"code":404,"msg":"No handler answers this route."}'),
    why: 'dropped without an answer: every request is answered',
  },
  {
    names: ['enter'],
    says: /^.{6}\{"code":200,"sid":"connector-1\.[0-9a-f]{8}\.\d+","frontendId":"connector-1","uid":"pb"\}$/s,
    why: 'the session id 18 of one process collides with that of another: ours is unique in the cluster',
  },
  {
    names: [
      'protobuf malformed: unknown tag',
      'protobuf malformed: truncated varint',
      'protobuf malformed: double truncated',
    ],
    says: answer(1, ''),
    why: 'uncaught exception, the connection is wedged: answered with 400, for which the schema of the route has no fields',
  },
  {
    names: ['protobuf malformed: string longer than body'],
    says: answer(1, ''),
    why: 'the string is cut: answered with 400, for which the schema of the route has no fields',
  },
];
