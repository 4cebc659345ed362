import { closeAfterTest } from '../../support/pomelo-app.js';
import { freePort, NatsProcess, type NatsServerOptions } from '../processes/nats-process.js';

/** A real NATS for one test. It is ended after the test. */
export class NatsServer extends NatsProcess {
  /** Starts it on a free port. */
  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const server = await NatsServer.prepare(options);
    await server.start();
    return server;
  }

  /** Chooses its port, without starting it. */
  static async prepare(options: NatsServerOptions = {}, name = 'nats'): Promise<NatsServer> {
    return closeAfterTest(new NatsServer(await freePort(), name, options));
  }

  /** Starts servers that form one NATS cluster. */
  static async startCluster(count: number, options: NatsServerOptions = {}): Promise<NatsServer[]> {
    const routes: number[] = [];
    for (let index = 0; index < count; index += 1) routes.push(await freePort());
    const addresses = routes.map((port) => `nats://127.0.0.1:${port}`).join(', ');
    const servers = await Promise.all(
      routes.map((port, index) => {
        const cluster = `cluster { name: test, listen: "127.0.0.1:${port}", routes: [${addresses}] }`;
        const config = [options.config, cluster].join('\n');
        return NatsServer.prepare({ ...options, config }, `nats-${index}`);
      }),
    );
    await Promise.all(servers.map((server) => server.start()));
    return servers;
  }
}
