import type { TestingModuleBuilder } from '@nestjs/testing';
import type { Connector } from '../connectors/connector.interface.js';
import { resolveOptions } from '../options/resolve-options.js';
import type { PomeloModuleOptions } from '../options/pomelo-options.interface.js';
import { POMELO_OPTIONS } from '../options/resolved-options.js';
import { MODULE_OPTIONS_TOKEN } from '../pomelo.module-definition.js';

/**
 * Lets the application under test run with these connectors in place of its own; every other option stays.
 *
 * @example await replaceConnectors(Test.createTestingModule({ imports: [AppModule] }), connector).compile();
 */
export function replaceConnectors(
  builder: TestingModuleBuilder,
  ...connectors: readonly Connector[]
): TestingModuleBuilder {
  return builder.overrideProvider(POMELO_OPTIONS).useFactory({
    factory: (options: PomeloModuleOptions) => resolveOptions({ ...options, connectors }),
    inject: [MODULE_OPTIONS_TOKEN],
  });
}
