import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { PomeloModuleOptions } from './options/pomelo-options.interface.js';

/** The boilerplate of `forRoot` and `forRootAsync`. The module is global unless `isGlobal` is false. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<PomeloModuleOptions>({ moduleName: 'Pomelo' })
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
    .build();
