/**
 * Every error of this package: a stable code, the status that a client sees, and the sentence.
 *
 * Codes never change their meaning; `{name}` in a sentence is filled with a value. The statuses follow HTTP because
 * every client library of the family already knows them. Entries with status 0 stop the start-up and never reach a client.
 */
export const ERROR_TABLE = {
  // answers to a request
  BAD_BODY: { status: 400, text: 'The message body cannot be read: {detail}.' },
  UNKNOWN_ROUTE: { status: 404, text: 'No handler answers this route.' },
  FORBIDDEN: { status: 403, text: 'Not allowed.' },
  BAD_SIGNATURE: { status: 401, text: 'The signature of the message is missing or wrong.' },
  BODY_CODING: { status: 415, text: 'The compressed message body cannot be inflated within {limit} bytes.' },
  HANDLER_FAILED: { status: 500, text: 'The request failed.' },
  SESSION_CLOSED: { status: 410, text: 'The session {session} is closed.', told: 'The session is closed.' },
  NO_SERVER: { status: 503, text: 'No server of type "{type}" is running.' },
  REQUEST_TIMEOUT: {
    status: 504,
    text: 'The handler did not answer within {ms} ms.',
    told: 'The request took too long.',
  },
  RATE_LIMITED: {
    status: 429,
    text: 'More than {burst} messages at once, or {perSecond} a second: slow down.',
  },
  OVERLOADED: { status: 429, text: 'The server has too much to do: try again later.' },
  QUEUE_FULL: {
    status: 429,
    text: 'More than {limit} messages of the session wait for their turn: slow down.',
  },
  IDEMPOTENCY_KEY: {
    status: 400,
    text: 'The key of a request is a whole number, or a string of 1 to {limit} characters.',
  },
  IDEMPOTENCY_RUNNING: { status: 409, text: 'A request with this key is being worked on: ask again later.' },
  IDEMPOTENCY_STORE: {
    status: 503,
    text: 'The store of idempotency keys cannot be asked: {detail}',
    told: 'Try again later.',
  },
  // sessions
  BAD_UID: { status: 400, text: 'A uid is a string of 1 to {limit} characters; got {value}.' },
  ALREADY_BOUND: { status: 409, text: 'The session is already bound to "{uid}"; unbind it first.' },
  NOT_BOUND: { status: 409, text: 'The session is not bound to "{uid}".' },
  UID_TAKEN: {
    status: 409,
    text: 'The uid "{uid}" already has a live session.',
  },
  STORAGE_FAILED: {
    status: 503,
    text: 'The session storage failed: {detail}',
    told: 'The session cannot be stored now.',
  },
  BINDING_FAILED: {
    status: 503,
    text: 'The store of bindings cannot be asked where users are: {detail}',
    told: 'Try again later.',
  },
  // handshake
  HANDSHAKE_REFUSED: { status: 500, text: 'The handshake was refused.' },
  HANDSHAKE_TIMEOUT: {
    status: 500,
    text: 'The handshake hook did not answer within {ms} ms.',
    told: 'The handshake took too long.',
  },
  OLD_CLIENT: { status: 501, text: 'This client version is not served.' },
  // tokens: clients hear the same of every refusal, so that none of them can guess from it
  TOKEN_MISSING: { status: 401, text: 'There is no token.', told: 'The token was refused.' },
  TOKEN_MALFORMED: { status: 401, text: 'This is no token: {detail}.', told: 'The token was refused.' },
  TOKEN_SIGNATURE: {
    status: 401,
    text: 'The token is not signed with a known key and an allowed algorithm: {detail}.',
    told: 'The token was refused.',
  },
  TOKEN_EXPIRED: { status: 401, text: 'The token is too old: {detail}.', told: 'The token was refused.' },
  TOKEN_CLAIM: {
    status: 401,
    text: 'A claim of the token is not as demanded: {detail}.',
    told: 'The token was refused.',
  },
  TOKEN_REPLAYED: { status: 401, text: 'The token was used before.', told: 'The token was refused.' },
  TOKEN_SUBJECT: {
    status: 401,
    text: 'The token is not of the user of this session.',
    told: 'The token was refused.',
  },
  TOKEN_UNDECIDED: {
    status: 503,
    text: 'The token cannot be checked now: {detail}.',
    told: 'Try again later.',
  },
  // rate limits
  TOO_MANY_REQUESTS: { status: 429, text: 'Too many requests: try again in {ms} ms.' },
  RATE_LIMIT_FAILED: {
    status: 503,
    text: 'The store of the rate limits cannot be asked: {detail}.',
    told: 'Try again later.',
  },
  // channels
  CHANNEL_FORBIDDEN: {
    status: 403,
    text: 'No policy lets session {session} {what} the channel "{channel}".',
    told: 'Not allowed.',
  },
  CHANNEL_DESTROYED: {
    status: 500,
    text: 'The channel "{channel}" was destroyed; create it again before using it.',
    told: 'The request failed.',
  },
  CHANNEL_WITHOUT_HISTORY: {
    status: 500,
    text: 'The channel "{channel}" keeps no history: create it with the option history.',
    told: 'The request failed.',
  },
  HISTORY_WITHOUT_STORE: {
    status: 500,
    text: 'The channel "{channel}" cannot have a history: in a cluster, PomeloModule needs channels.history, for example a RedisChannelHistory.',
    told: 'The request failed.',
  },
  HISTORY_FAILED: {
    status: 503,
    text: 'The store of the history of channel "{channel}" failed: {detail}',
    told: 'Try again later.',
  },
  EMPTY_UIDS: {
    status: 500,
    text: 'pushMessageByUids needs at least one member; got an empty list.',
    told: 'The request failed.',
  },
  ROUTE_NOT_IN_TABLE: {
    status: 500,
    text: 'The push route "{route}" is not in the route table of the mydog connector: name it in pushRoutes or routes.',
    told: 'The request failed.',
  },
  PACK_TOO_LARGE: {
    status: 500,
    text: 'A pack of {bytes} bytes for the topic "{topic}" cannot be sent: {limit} are the most.',
    told: 'The answer is too large.',
  },
  // remotes
  REMOTE_UNKNOWN: { status: 500, text: 'Server "{server}" has no remote method "{method}".' },
  REMOTE_NOT_DELIVERED: {
    status: 503,
    text: 'Server "{server}" is not running: the call to "{method}" was not delivered.',
  },
  REMOTE_NO_SERVER: {
    status: 503,
    text: 'No server of type "{type}" is running: the call to "{method}" was not delivered.',
  },
  REMOTE_TIMEOUT: {
    status: 504,
    text: 'The call to "{method}" on "{server}" was not answered within {ms} ms.',
  },
  REMOTE_LOST: {
    status: 504,
    text: 'Server "{server}", or the way to it, was lost before it answered "{method}": nobody knows whether it was executed.',
  },
  REMOTE_OVERLOADED: {
    status: 503,
    text: 'Server "{server}" has {limit} calls to work on: "{method}" was not executed.',
  },
  REMOTE_BEHIND: {
    status: 503,
    text: 'More than {limit} bytes wait for the broker: the call to "{method}" was not sent.',
  },
  REMOTE_TOO_LARGE: {
    status: 500,
    text: '{bytes} bytes for server "{server}" cannot be sent: {limit} are the most.',
    told: 'The message is too large.',
  },
  REMOTE_FAILED: { status: 500, text: 'The call to "{method}" on "{server}" failed: {detail}' },
  REMOTE_ARGUMENTS: {
    status: 500,
    text: 'The arguments or the result of "{method}" cannot travel: {detail}',
  },
  REMOTE_CLOSED: { status: 503, text: 'This server is stopping: the call to "{method}" was not made.' },
  // start-up
  OPTION_INVALID: {
    status: 0,
    text: 'PomeloModule option {option} is {value}, but it must be {expected}. {remedy}',
  },
  CONNECTOR_WITHOUT_CODEC: {
    status: 0,
    text: 'Connector {connector} has no {missing}: implement {missing}() in the class or give it in the options of the connector.',
  },
  CONNECTOR_INVALID: {
    status: 0,
    text: 'connectors[{index}] is {value}, but it must be a Connector: an object or an injectable class with start() and stop().',
  },
  CONNECTOR_START_FAILED: { status: 0, text: 'Connector {connector} did not start: {detail}' },
  ROUTE_MALFORMED: {
    status: 0,
    text: 'Route "{route}" of {handler} must have exactly three parts, serverType.handler.method, of at most {limit} bytes. Write the missing parts in @Handler on the class or the method.',
  },
  ROUTE_DUPLICATE: {
    status: 0,
    text: 'Route "{route}" is declared by both {first} and {second}. Rename one of them.',
  },
  HANDLER_IN_CONTROLLERS: {
    status: 0,
    text: '{handler} has @{decorator}() but is listed in controllers. Nest would skip its guards there: move it to providers.',
  },
  LISTENER_NOT_STATIC: {
    status: 0,
    text: '{handler} has @{decorator}() but its class, or something that it injects, is of request scope. There is no request to make it for: give it the default scope.',
  },
  HANDSHAKE_GUARDS_IDLE: {
    status: 0,
    text: '{handler} has @UseHandshakeGuards() but no @OnHandshake(): its guards would never run. Add @OnHandshake() to a method, or give the guards as option handshakeGuards.',
  },
  REMOTE_DUPLICATE: {
    status: 0,
    text: 'Remote "{remote}" is declared by both {first} and {second}. Rename one of them.',
  },
  REMOTE_MALFORMED: {
    status: 0,
    text: 'Remote "{remote}" of {handler} must have two parts, serverType.remoteName, for example @Remote("chat.chatRemote").',
  },
  CHANNEL_POLICY_DUPLICATE: {
    status: 0,
    text: 'The channel policies {first} and {second} are both of "{pattern}". Change one of them.',
  },
  SERVER_DUPLICATE: {
    status: 0,
    text: 'A server with id "{id}" is already running in this cluster. Give every process its own server.id.',
  },
  CLUSTER_REFUSED: {
    status: 0,
    text: '{engine} at {servers} does not let this server in: {detail}. Check the address, the credentials and the permissions.',
  },
  PROTOS_UNREADABLE: { status: 0, text: 'The protobuf schema file {file} cannot be read: {detail}' },
  BLACKLIST_UNREADABLE: {
    status: 0,
    text: 'The addresses of {option} were not loaded: {detail}. With {option}FailOpen: true everybody would be let in instead.',
  },
  TLS_UNREADABLE: { status: 0, text: 'The certificate or key {file} cannot be used: {detail}' },
  GATEWAY_MESSAGES: {
    status: 0,
    text: '@SubscribeMessage("{message}") cannot receive Pomelo messages. Use @Handler("serverType.handler.method") on a provider instead.',
  },
  ADDRESS_UNKNOWN_CONNECTOR: {
    status: 0,
    text: 'addClient() was called without a connector while {count} connectors are configured. Use the ClientManager that start() was given.',
  },
} as const;

/** One row of {@link ERROR_TABLE}. */
export interface ErrorEntry {
  /** What a client gets as `code`; 0 stops the start. */
  readonly status: number;
  readonly text: string;
  /** What a client gets as `msg`, when the text names things that are not for it. Default the text. */
  readonly told?: string;
}

/** The stable code of an error, a key of {@link ERROR_TABLE}. */
export type ErrorCode = keyof typeof ERROR_TABLE;

/** Fills the sentence of an error with its values; a value is cut at 128 characters, its control characters are escaped. */
export function errorText(code: ErrorCode, values: Readonly<Record<string, unknown>> = {}): string {
  return ERROR_TABLE[code].text.replace(/\{(\w+)\}/g, (_whole, name: string) => printable(values[name]));
}

function printable(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const shown = text.length > 128 ? `${text.slice(0, 128)}…` : text;
  // What clients sent must not forge lines of a log.
  return shown.replace(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
