import type { ParsedField, ParsedMessage, ParsedProtos, ProtoOption, ProtoSource } from './parsed-protos.js';
import { entriesOf } from './plain-record.js';

/** A message while it is being read; a field named like one of the two tables is overwritten by the table. */
type Draft = Record<string, ParsedMessage[string]>;

/**
 * Parses a schema file into the form that clients get, equal to pomelo-protobuf 0.4.0 down to the order of the keys.
 * Keys of a message are split at single spaces: `message <type>` or `<option> <type> <name>`. As there, malformed keys
 * and all but the first field with the same tag are skipped. A field or type named `__proto__` is skipped too.
 */
export function parseProtos(source: ProtoSource): ParsedProtos {
  const protos: Record<string, ParsedMessage> = {};
  for (const [key, message] of entriesOf(source)) protos[key] = parseMessage(message);
  return protos;
}

function parseMessage(source: unknown): ParsedMessage {
  const fields: Draft = {};
  const messages: Record<string, ParsedMessage> = {};
  const tags: Record<string, string> = {};
  for (const [key, value] of entriesOf(source)) {
    const words = key.split(' ');
    if (words[0] === 'message') addMessage(messages, words, value);
    else addField(fields, tags, words, value);
  }
  return Object.assign(fields, { __messages: messages, __tags: tags });
}

function addMessage(
  messages: Record<string, ParsedMessage>,
  words: readonly string[],
  source: unknown,
): void {
  const [, type] = words;
  if (words.length !== 2 || type === undefined || type === '__proto__') return;
  messages[type] = parseMessage(source);
}

function addField(fields: Draft, tags: Record<string, string>, words: readonly string[], tag: unknown): void {
  const [option, type, name] = words;
  if (words.length !== 3 || !isOption(option) || type === undefined) return;
  if (name === undefined || name === '__proto__') return;
  if ((typeof tag !== 'number' && typeof tag !== 'string') || tags[tag]) return;
  fields[name] = { option, type, tag } satisfies ParsedField;
  tags[tag] = name;
}

/** True for the three words that may open the declaration of a field. */
export function isOption(word: unknown): word is ProtoOption {
  return word === 'required' || word === 'optional' || word === 'repeated';
}
