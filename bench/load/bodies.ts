/** From here on a body is a list of entities, as games send them. */
const NESTED_FROM = 256;

/** A JSON body of exactly so many bytes, at least 64. */
export function jsonBody(bytes: number): Buffer {
  const start = bytes < NESTED_FROM ? flatStart() : nestedStart(bytes);
  return Buffer.from(`${start}${'a'.repeat(bytes - start.length - 2)}"}`);
}

function flatStart(): string {
  return '{"seq":12345,"uid":"u1234567","x":12.5,"y":-3.25,"msg":"';
}

function nestedStart(bytes: number): string {
  const entities: string[] = [];
  const text = (): string => `{"seq":12345,"ents":[${entities.join(',')}],"pad":"`;
  while (text().length < bytes - 80) {
    const index = entities.length;
    entities.push(
      `{"id":${1000 + index},"x":${10 + (index % 90)}.5,"y":-${1 + (index % 9)}.25,"hp":${50 + (index % 50)},"st":"run"}`,
    );
  }
  return text();
}

const MAP_OF_5 = 0x85;
const SHORT_TEXT = 0xa0;
const UINT16 = 0xcd;
const DOUBLE = 0xcb;

/** The small JSON body, as MessagePack. */
export function messagePackBody(): Buffer {
  return Buffer.concat([
    Buffer.from([MAP_OF_5]),
    packedText('seq'),
    Buffer.from([UINT16, 0x30, 0x39]),
    packedText('uid'),
    packedText('u1234567'),
    packedText('x'),
    packedDouble(12.5),
    packedText('y'),
    packedDouble(-3.25),
    packedText('msg'),
    packedText('aaaaaa'),
  ]);
}

function packedText(text: string): Buffer {
  return Buffer.concat([Buffer.from([SHORT_TEXT | text.length]), Buffer.from(text)]);
}

function packedDouble(value: number): Buffer {
  const bytes = Buffer.alloc(9, DOUBLE);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}
