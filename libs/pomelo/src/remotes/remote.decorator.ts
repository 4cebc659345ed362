import { ENTRY_PROVIDER_WATERMARK } from '@nestjs/common/constants.js';

/** Metadata key of {@link Remote}, on a class (`serverType.name`) and on every exposed method. */
export const REMOTE_METADATA = 'pomelo:remote';

/**
 * Exposes methods to other servers: `@Remote('chat.chatRemote')` on the class, `@Remote()` on each exposed method.
 * A method without the decorator cannot be called from outside. The class is an ordinary provider.
 */
export function Remote(name = ''): ClassDecorator & MethodDecorator {
  return (target: object, _key?: string | symbol, descriptor?: PropertyDescriptor) => {
    const annotated: unknown = descriptor === undefined ? target : descriptor.value;
    Reflect.defineMetadata(REMOTE_METADATA, name, annotated as object);
    if (descriptor === undefined) Reflect.defineMetadata(ENTRY_PROVIDER_WATERMARK, true, target);
  };
}

/** The `serverType.name` of a remote class; `undefined` when it is not decorated. */
export function remoteNameOf(remote: object): string | undefined {
  return Reflect.getMetadata(REMOTE_METADATA, remote) as string | undefined;
}
