import { byName, type Deviation } from './support/deviations.js';
import { DATA_DEVIATIONS } from './support/data-deviations.js';
import { EDGE_DEVIATIONS } from './support/edge-deviations.js';
import { EDGE_INPUTS } from './support/edge-inputs.js';
import { live, recordedHex, type RecordedEdge } from './support/live-vectors.js';
import { TcpLink } from './support/raw-link.js';
import { playOn, reach, replay, type Outcome } from './support/replay.js';
import { DATA_TWIN, startTwin, TWINS, type Twin } from './support/twin/twin.app.js';
import { ACK, answer, HEARTBEAT, HELLO, request } from './support/wire-bytes.js';

/** Every group of the recordings, and where it is asserted. */
const GROUPS: Readonly<Record<keyof typeof live | 'crypto' | 'session' | 'heartbeat_timing_ms', string>> = {
  dictionary: 'here',
  handshake: 'here',
  data_with_dict_and_protobuf: 'here',
  buffer_scheduler: 'here',
  heartbeat: 'here',
  kick: 'here',
  invalid_and_edge_inputs: 'here',
  crypto: 'bodies and not bytes: test/signed-messages.e2e-spec.ts',
  session: 'no bytes but values of the session API: test/sessions.e2e-spec.ts and its neighbours',
  heartbeat_timing_ms: 'no bytes but times: when a silent client is closed',
};

let started: Twin[] = [];

async function twinOf(...args: Parameters<typeof startTwin>): Promise<Twin> {
  const twin = await startTwin(...args);
  started.push(twin);
  return twin;
}

afterAll(async () => {
  await Promise.all(started.map((twin) => twin.close()));
  started = [];
});

it('names every recorded group', () => {
  expect(Object.keys(live).toSorted()).toEqual(Object.keys(GROUPS).toSorted());
});

describe('recorded handshakes are answered byte for byte', () => {
  const twins = new Map<number, Twin>();
  beforeAll(async () => {
    for (const [port, wire] of Object.entries(TWINS)) twins.set(Number(port), await twinOf(wire));
  });

  it.each(live.handshake)('$name, $transport', async (recorded) => {
    const { server, transport, closed_by_server, request_hex, response_hex } = recorded;
    const play = [Buffer.from(request_hex, 'hex')];
    const outcome = await replay(twins.get(server)?.port ?? 0, transport, { stage: 'fresh', play });
    const beats = server === 23023 && !closed_by_server ? HEARTBEAT.toString('hex') : '';
    expect(outcome.answer).toBe(response_hex + beats);
    expect(outcome.closed === false).toBe(!closed_by_server);
  });

  it('with the recorded dictionary', async () => {
    const { port } = twins.get(23021) ?? { port: 0 };
    const { answer: hex } = await replay(port, 'tcp', { stage: 'fresh', play: [HELLO] });
    const { sys } = JSON.parse(Buffer.from(hex, 'hex').subarray(4).toString()) as { sys: object };
    const { dict, dictVersion } = live.dictionary;
    expect(sys).toMatchObject({ dict, routeToCode: dict, dictVersion });
  });
});

describe('the recorded heartbeat', () => {
  it.each(['tcp', 'ws'])('comes after the ACK and answers each heartbeat: %s', async (transport) => {
    const { port } = await twinOf(TWINS[23023]);
    const outcome = await replay(port, transport, { stage: 'greeted', play: [ACK, HEARTBEAT, HEARTBEAT] });
    expect(live.heartbeat).toHaveLength(1);
    expect(outcome.answer).toBe(live.heartbeat[0]?.hex.repeat(3));
  });
});

describe('recorded data with dictionary and protobuf', () => {
  const records = live.data_with_dict_and_protobuf;
  const rows = byName(
    DATA_DEVIATIONS,
    records.map(({ name }) => name),
  );
  let twin: Twin;
  let link: TcpLink;
  beforeAll(async () => {
    twin = await twinOf(DATA_TWIN);
    link = await TcpLink.open(twin.port);
    await reach(link, 'working');
  });
  afterAll(() => link.destroy());

  it.each(records)('$name', async ({ name, sent_hex, received, connectionUsableAfter }) => {
    const sent = Buffer.from(sent_hex, 'hex');
    const outcome = await playOn(link, { stage: 'working', play: [sent], asks: sent.readUInt8(5) });
    const usable = connectionUsableAfter ?? true;
    check(outcome, { recv: received.map(({ hex }) => hex), closed: false, usable }, rows.get(name), 'tcp');
  });
});

describe('the recorded buffer scheduler', () => {
  const play = [request(2, 'connector.echoHandler.pushMe', '{"n":3}')];
  const push = { scheduler: 'buffered', flushIntervalMs: 20 } as const;

  it.each(live.buffer_scheduler)('$transport', async ({ transport, packages, wsFrames }) => {
    const { port } = await twinOf(DATA_TWIN, { push });
    const outcome = await replay(port, transport, { stage: 'working', play, asks: 2 });
    expect(outcome.answer).toBe(packages.map(({ hex }) => hex).join(''));
    // Pomelo puts all of them into one WebSocket message, of which the pinus client reads the first only.
    if (wsFrames === 1) expect(outcome.arrivals).toBe(packages.length);
  });
});

describe('recorded invalid and unusual input', () => {
  const kicks = live.kick.map(({ name, received, closed }): [string, RecordedEdge] => [
    name,
    { recv: received, closed },
  ]);
  const edges = Object.entries(live.invalid_and_edge_inputs);
  const rows = byName(
    EDGE_DEVIATIONS,
    edges.map(([name]) => name),
  );
  let twin: Twin;
  let bystander: TcpLink;
  beforeAll(async () => {
    twin = await twinOf({});
    bystander = await TcpLink.open(twin.port);
    await reach(bystander, 'working');
  });
  afterAll(() => bystander.destroy());
  it.each([...edges, ...kicks])('%s', async (full, recorded) => {
    const [name, transport] = splitName(full);
    const input = EDGE_INPUTS[name];
    if (input === undefined) throw new Error(`no bytes for ${name}`);
    check(await replay(twin.port, transport, input), recorded, rows.get(full), transport);
    const neighbour = await playOn(bystander, { stage: 'working', play: [] });
    expect(neighbour).toEqual({ answer: '', closed: false, arrivals: 0 });
  });

  it('is all of it: bytes are spelled out for every name, and for no other', () => {
    const names = new Set(edges.map(([full]) => splitName(full)[0]));
    expect(Object.keys(EDGE_INPUTS).toSorted()).toEqual([...names].toSorted());
    expect([edges.length, kicks.length]).toEqual([212, 18]);
  });

  it('is answered as recorded up to the size that the limits allow', async () => {
    const { port } = await twinOf({}, { limits: { packageBytes: 2 ** 21 } });
    const input = EDGE_INPUTS['req 1MB'];
    if (input === undefined) throw new Error('no bytes');
    for (const transport of ['tcp', 'ws']) {
      const { answer: hex } = await replay(port, transport, input);
      const body = JSON.stringify({ a: 'x'.repeat(2 ** 20) });
      expect(hex === answer(1, body).toString('hex')).toBe(true);
    }
  });
});

/** Asserts what was recorded, or the row that says what is answered instead. */
function check(
  outcome: Outcome,
  recorded: RecordedEdge,
  row: Deviation | undefined,
  transport: string,
): void {
  if (row === undefined) expect(asRecorded(outcome, recorded)).toEqual(recordedOutcome(recorded));
  else {
    // A row for what is the same would hide the day on which it no longer is.
    expect(asRecorded(outcome, recorded)).not.toEqual(recordedOutcome(recorded));
    const ending = transport === 'ws' ? `close:${row.ends}` : 'close';
    expect(outcome.closed).toBe(row.ends === undefined ? false : ending);
    if (row.says instanceof RegExp)
      expect(Buffer.from(outcome.answer, 'hex').toString('latin1')).toMatch(row.says);
    else expect(outcome.answer).toBe(Buffer.from(row.says).toString('hex'));
  }
}

function recordedOutcome({ recv, closed, usable = true, note }: RecordedEdge): object {
  const http = typeof note === 'string' && note.startsWith('HTTP') ? Buffer.from(note).toString('hex') : '';
  return { answer: http + recordedHex(recv), closed: closed === false ? false : closed[0], usable };
}

/** A long recorded answer is cut: then so is ours. */
function asRecorded({ answer: hex, closed }: Outcome, { recv }: RecordedEdge): object {
  const recorded = recordedHex(recv);
  const cut = recorded.endsWith('...') ? `${hex.slice(0, recorded.length - 3)}...` : hex;
  return { answer: cut, closed, usable: true };
}

function splitName(full: string): [name: string, transport: string] {
  const slash = full.lastIndexOf('/');
  return [full.slice(0, slash), full.slice(slash + 1)];
}
