import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { PomeloAdapter } from 'nestjs-pomelo';

/** What load balancers and orchestrators ask. */
@Controller()
export class HealthController {
  constructor(private readonly adapter: PomeloAdapter) {}

  /** The process runs. */
  @Get('healthz')
  health(): string {
    return 'ok';
  }

  /** It has joined the cluster and is not stopping: 503 otherwise. */
  @Get('readyz')
  readiness(): string {
    if (!this.adapter.isReady()) throw new ServiceUnavailableException();
    return 'ready';
  }
}
