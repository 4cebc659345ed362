import { readSettings } from '../../process/serve-parent.js';

/** What the programs are told. */
export interface FanOutSettings {
  readonly natsUrl: string;
  /** Of the process. */
  readonly name: string;
  /** That are in the process. */
  readonly receivers: number;
}

/** For those programs. */
export function fanOutSettings(): FanOutSettings {
  return readSettings() as FanOutSettings;
}
