import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ExpressAdapter } from '@nestjs/platform-express';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { contentSecurityPolicy } from './content-security-policy.js';
import { HealthController } from './health.controller.js';

/** The build does not copy the page: `src` is found from `dist` and from itself. */
const PAGE = join(import.meta.dirname, '../../src/web/public');

/** Serves the page, and the client library as it is built: browsers load its modules themselves. */
@Module({ controllers: [HealthController] })
export class WebModule implements OnModuleInit {
  constructor(private readonly http: HttpAdapterHost<ExpressAdapter>) {}

  onModuleInit(): void {
    const policy = contentSecurityPolicy(readFileSync(join(PAGE, 'index.html'), 'utf8'));
    this.serve('/', PAGE, policy);
    this.serve('/lib/client/', builtFiles('nestjs-pomelo-client'), policy);
    this.serve('/lib/protocol/', builtFiles('nestjs-pomelo-protocol'), policy);
  }

  private serve(prefix: string, directory: string, policy: string): void {
    const setHeaders = (response: ServerResponse): void => {
      // Names of files never change: the browser asks each time, and gets 304.
      response.setHeader('Cache-Control', 'no-cache');
      response.setHeader('Content-Security-Policy', policy);
      response.setHeader('X-Content-Type-Options', 'nosniff');
    };
    this.http.httpAdapter.useStaticAssets(directory, { prefix, setHeaders });
  }
}

function builtFiles(library: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(`${library}/package.json`)), 'dist');
}
