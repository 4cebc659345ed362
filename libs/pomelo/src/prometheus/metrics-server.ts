import { Logger } from '@nestjs/common';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { describeError } from '../errors/describe-error.js';

/** Time for a request to arrive, in ms. */
const REQUEST_MS = 10_000;
/** Scrapers at the same time. */
const MAX_CONNECTIONS = 64;

/** Answers `GET /metrics`, and 404 to everything else. Does not keep the process alive. */
export class MetricsServer {
  private readonly server = createServer({ requestTimeout: REQUEST_MS }, (request, response) =>
    this.answer(request, response),
  );

  constructor(private readonly registry: Registry) {
    this.server.maxConnections = MAX_CONNECTIONS;
  }

  /** Resolves to the port when it listens; rejects when it cannot. */
  async listen(port: number, host: string): Promise<number> {
    this.server.listen({ port, host });
    await once(this.server, 'listening');
    this.server.unref();
    return (this.server.address() as AddressInfo).port;
  }

  /** Stops listening and cuts who is still connected. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private answer({ method, url }: IncomingMessage, response: ServerResponse): void {
    if (method === 'GET' && url?.split('?', 1)[0] === '/metrics') void this.send(response);
    else response.writeHead(404).end();
  }

  /** Metrics of the application may be in the same registry, and fail. */
  private async send(response: ServerResponse): Promise<void> {
    try {
      const text = await this.registry.metrics();
      response.writeHead(200, { 'Content-Type': this.registry.contentType }).end(text);
    } catch (error) {
      new Logger('Pomelo').error(`The metrics could not be read: ${describeError(error)}`);
      response.writeHead(500).end();
    }
  }
}
