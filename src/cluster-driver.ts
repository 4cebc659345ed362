import type { ClusterDriver } from 'nestjs-pomelo';

/** The engine between the processes of the demo, by `NATS_URL` or `REDIS_URL`; without them this process is alone. */
export async function clusterDriver(env: NodeJS.ProcessEnv): Promise<ClusterDriver | undefined> {
  const { NATS_URL: natsUrl, REDIS_URL: redisUrl } = env;
  if (natsUrl !== undefined && redisUrl !== undefined)
    throw new Error('NATS_URL and REDIS_URL are both set: give one of them.');
  // Loaded when they are used: who runs one process needs neither.
  if (natsUrl !== undefined) {
    const { nats } = await import('nestjs-pomelo/nats');
    return nats({ servers: natsUrl.split(',') });
  }
  if (redisUrl !== undefined) {
    const { redis } = await import('nestjs-pomelo/redis');
    return redis({ url: redisUrl });
  }
  return undefined;
}
