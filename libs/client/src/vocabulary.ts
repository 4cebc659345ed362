import { ProtobufSchema, RouteDictionary, type ParsedProtos } from 'nestjs-pomelo-protocol';
import { isRecord } from './record.js';

/** What a handshake request says about stored data; a server leaves out what the client has in that version. */
export interface StoredVersions {
  readonly dictVersion?: string;
  readonly protoVersion?: string;
}

type Sys = Readonly<Record<string, unknown>>;

/**
 * What client and server agreed on in the handshake: the route dictionary and the protobuf schemas. It outlives the
 * connection, so that a reconnect transfers neither again.
 */
export class Vocabulary {
  private dictionary: RouteDictionary | undefined;
  private dictVersion: string | undefined;
  private outgoing: ProtobufSchema | undefined;
  private incoming: ProtobufSchema | undefined;
  private protoVersion: string | undefined;

  /** The versions of what is stored; nothing for what is not. */
  versions(): StoredVersions {
    return {
      ...(this.dictVersion !== undefined && { dictVersion: this.dictVersion }),
      ...(this.protoVersion !== undefined && { protoVersion: this.protoVersion }),
    };
  }

  /** Takes over `sys` of a handshake reply, and forgets what the server does not use any more. */
  adopt(sys: Sys): void {
    this.adoptDictionary(sys);
    this.adoptProtos(sys);
  }

  /** The dictionary code of a route. */
  codeOf(route: string): number | undefined {
    return this.dictionary?.codeOf(route);
  }

  /** The route that a dictionary code stands for. */
  routeOf(code: number): string | undefined {
    return this.dictionary?.routeOf(code);
  }

  /** The schema for what this client sends on a route; undefined means JSON. */
  outgoingSchema(route: string): ProtobufSchema | undefined {
    return this.outgoing?.has(route) === true ? this.outgoing : undefined;
  }

  /** The schema for what the server sends, pushes and answers alike; undefined means JSON. */
  incomingSchema(route: string): ProtobufSchema | undefined {
    return this.incoming?.has(route) === true ? this.incoming : undefined;
  }

  /** Both names of the map are read: libpomelo2 knows `routeToCode`, pitaya servers send only `dict`. */
  private adoptDictionary(sys: Sys): void {
    const map = isRecord(sys['routeToCode']) ? sys['routeToCode'] : sys['dict'];
    if (!isRecord(map) && sys['useDict'] === true) return;
    this.dictionary = isRecord(map) ? RouteDictionary.fromRouteToCode(onlyNumbers(map)) : undefined;
    this.dictVersion = this.dictionary && textOf(sys['dictVersion']);
  }

  private adoptProtos(sys: Sys): void {
    const protos = sys['protos'];
    if (!isRecord(protos) && sys['useProto'] === true) return;
    this.outgoing = isRecord(protos) ? schemaOf(protos['client']) : undefined;
    this.incoming = isRecord(protos) ? schemaOf(protos['server']) : undefined;
    this.protoVersion = isRecord(protos) ? textOf(protos['version']) : undefined;
  }
}

function onlyNumbers(map: Sys): Record<string, number> {
  const numbers: Record<string, number> = {};
  for (const [route, code] of Object.entries(map)) if (typeof code === 'number') numbers[route] = code;
  return numbers;
}

/** The one place where a schema from the network gets its type: `ProtobufSchema` takes any record and skips what it cannot use. */
function schemaOf(protos: unknown): ProtobufSchema | undefined {
  return isRecord(protos) ? new ProtobufSchema(protos as ParsedProtos) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
