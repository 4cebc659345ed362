import { Logger } from '@nestjs/common';
import {
  parseProtos,
  ProtobufSchema,
  protosVersion,
  type ParsedProtos,
  type ProtoSource,
} from 'nestjs-pomelo-protocol';
import { readFileSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { describeError } from '../../errors/describe-error.js';
import { PomeloConfigException } from '../../errors/pomelo.exception.js';
import { md5Base64 } from './md5.js';

/** Schemas of both directions: the contents of Pomelo's `clientProtos.json` and `serverProtos.json`, or paths to them. */
export interface ProtobufOptions {
  /** Bodies of clients, by route. */
  readonly client?: ProtoSource | string;
  /** Answers (by route of the request) and pushes (by push route). */
  readonly server?: ProtoSource | string;
  /** Reads the files again when they change; connected clients keep the schemas they know. Default false. */
  readonly watch?: boolean;
}

/** The schemas of one moment. */
export interface ProtobufGeneration {
  readonly inward: ProtobufSchema;
  readonly outward: ProtobufSchema;
  /** As the handshake sends them. */
  readonly protos: { readonly server: ParsedProtos; readonly client: ParsedProtos; readonly version: string };
}

/** Loads the schemas. Throws `PROTOS_UNREADABLE`. */
export function loadProtobuf(options: ProtobufOptions): ProtobufGeneration {
  const client = parseProtos(sourceOf(options.client));
  const server = parseProtos(sourceOf(options.server));
  return {
    inward: new ProtobufSchema(client),
    outward: new ProtobufSchema(server),
    protos: { server, client, version: protosVersion(client, server, md5Base64) },
  };
}

/** Calls `changed` with the new schemas after a file changed; the result ends it. A file that cannot be read is logged and changes nothing. */
export function watchProtobuf(
  options: ProtobufOptions,
  changed: (next: ProtobufGeneration) => void,
): () => void {
  const logger = new Logger('Pomelo');
  let timer: NodeJS.Timeout | undefined;
  const reload = (): void => {
    try {
      changed(loadProtobuf(options));
      logger.log('Protobuf schemas were read again');
    } catch (error) {
      logger.error(describeError(error));
    }
  };
  // Editors write a file in several steps; the last one counts.
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(reload, 50);
  };
  const files = [options.client, options.server].filter((source) => typeof source === 'string');
  const watchers = files.map((file) =>
    watchFile(file, soon).on('error', (error) =>
      logger.error(`${file} is no longer watched: ${describeError(error)}`),
    ),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

/** Watches the directory: a watched file is gone as soon as an editor puts another one in its place. */
function watchFile(file: string, changed: () => void): FSWatcher {
  const path = resolve(file);
  const name = basename(path);
  // Some platforms do not say which file it was.
  return watch(dirname(path), (_event, of) => {
    if (of === null || of === name) changed();
  });
}

function sourceOf(source: ProtoSource | string | undefined): ProtoSource {
  if (source === undefined) return {};
  if (typeof source !== 'string') return source;
  try {
    return JSON.parse(readFileSync(source, 'utf8')) as ProtoSource;
  } catch (error) {
    throw new PomeloConfigException('PROTOS_UNREADABLE', {
      file: source,
      detail: error instanceof Error ? error.message : String(error),
    });
  }
}
