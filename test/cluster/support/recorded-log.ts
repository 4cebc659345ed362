import { Logger } from '@nestjs/common';
import { RecordingLogger } from '../../support/recording-logger.js';

/** Keeps what is logged, from here to the next time that it is called. */
export function recordLog(): RecordingLogger {
  const log = new RecordingLogger();
  Logger.overrideLogger(log);
  return log;
}
