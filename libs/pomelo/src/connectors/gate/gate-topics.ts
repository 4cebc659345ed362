const SEPARATORS = /[/_]/;

/**
 * The route that a topic names: `hall/echo` and `hall_echo` are `hall.<handler>.echo`. Empty parts count for nothing, and
 * what follows the second one neither; a topic of one part names none.
 */
export function defaultRouteOf(topic: string, handler: string): string | undefined {
  const [moduleTyp, msgId] = topic.split(SEPARATORS).filter((part) => part !== '');
  return moduleTyp === undefined || msgId === undefined ? undefined : `${moduleTyp}.${handler}.${msgId}`;
}
