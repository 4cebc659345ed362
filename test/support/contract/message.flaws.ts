import { ErrorReply, type ClientSocket } from 'nestjs-pomelo';
import type { FlawRow } from './flawed.js';

/** How messages get lost, doubled, mixed up and torn. */
export const MESSAGE_FLAWS: readonly FlawRow[] = [
  [
    'hands over halves',
    'hands over every request and notify once, whole and in order',
    /not handed over as they were sent/,
    {
      manager: (clients) => ({
        handleMsg: (client, message) => {
          clients.handleMsg(client, message.subarray(0, message.length / 2));
          clients.handleMsg(client, message.subarray(message.length / 2));
        },
      }),
    },
  ],
  [
    'hands over twice',
    'hands over every request and notify once, whole and in order',
    /not handed over as they were sent/,
    {
      manager: (clients) => ({
        handleMsg: (client, message) => {
          clients.handleMsg(client, message);
          clients.handleMsg(client, message);
        },
      }),
    },
  ],
  [
    'hands over what one read has brought, as one message',
    'hands over one message at a time when several come in one write',
    /were not handed over one by one/,
    {
      manager: (clients) => {
        let read: Buffer[] = [];
        return {
          handleMsg: (client, message) => {
            if (read.push(message) > 1) return;
            setImmediate(() => clients.handleMsg(client, Buffer.concat(read.splice(0))));
          },
        };
      },
    },
  ],
  [
    'forgets the first part of a message',
    'hands over a message once, when its last byte has come',
    /was not handed over once and whole/,
    {
      manager: (clients) => ({
        handleMsg: (client, message) => clients.handleMsg(client, message.subarray(-1)),
      }),
    },
  ],
  [
    'answers under the wrong id',
    'takes answers, errors and pushes to their client, in order',
    /under another id/,
    {
      codec: ({ encode }) => ({
        encode: (client, id, route, body) => encode(client, id && id + 1, route, body),
      }),
    },
  ],
  [
    'mixes up routes',
    'takes answers, errors and pushes to their client, in order',
    /Pushes did not arrive as they were sent/,
    {
      codec: ({ encode }) => ({ encode: (client, id, _route, body) => encode(client, id, 'onOther', body) }),
    },
  ],
  [
    'swallows errors',
    'takes an error to its client, under the id of the request',
    /The error that a handler threw did not arrive/,
    {
      codec: ({ encode }) => ({
        encode: (client, id, route, body) =>
          encode(client, id, route, body instanceof ErrorReply ? {} : body),
      }),
    },
  ],
  [
    'turns batches round',
    'sends batches in order',
    /did not arrive one after the other/,
    { client: ({ send }) => ({ sendBatch: (batch) => batch.toReversed().forEach((bytes) => send(bytes)) }) },
  ],
  [
    'takes everything for the words of its first client',
    'keeps clients apart',
    /were handed over as those of another/,
    {
      manager: (clients) => {
        let first: ClientSocket | undefined;
        return { handleMsg: (client, message) => clients.handleMsg((first ??= client), message) };
      },
    },
  ],
  [
    'sends everything to its first client',
    'keeps clients apart',
    /A push went to the wrong client/,
    (() => {
      let first: ((message: Buffer) => boolean | void) | undefined;
      return { client: ({ send }) => ({ send: (bytes) => (first ??= send)(bytes) }) };
    })(),
  ],
  [
    'shares bytes that are not the same',
    'clients with the same encodingKey get the same bytes',
    /the same for two clients whose bytes differ/,
    {
      connector: () => ({ encodingKey: () => 'all' }),
      codec: ({ encode }) => {
        let count = 0;
        return {
          encode: (client, id, route, body) => encode(client, id, route, { body, count: (count += 1) }),
        };
      },
    },
  ],
];
