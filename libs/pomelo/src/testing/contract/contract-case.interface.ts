import type { HarnessFeature } from './connector-harness.interface.js';
import type { ContractStage } from './contract-stage.js';
import type { RecordingOptions } from './recording-manager.js';

/** A case of the suite, before a harness is known. */
export interface CaseDefinition {
  /** What a connector does when it keeps its promise. */
  readonly name: string;
  /** Left out for transports that cannot do this. */
  readonly needs?: HarnessFeature;
  readonly manager?: RecordingOptions;
  /** Rejects with a sentence that says which promise was broken. */
  readonly play: (stage: ContractStage) => Promise<void>;
}
