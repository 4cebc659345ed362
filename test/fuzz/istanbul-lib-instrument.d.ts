/** The part of istanbul-lib-instrument 6 that the fuzzer uses; the package brings no types. */
declare module 'istanbul-lib-instrument' {
  export interface InstrumenterOptions {
    readonly esModules: boolean;
    readonly compact: boolean;
    readonly produceSourceMap: boolean;
    readonly coverageVariable: string;
    readonly coverageGlobalScope: string;
    readonly coverageGlobalScopeFunc: boolean;
  }

  export interface Instrumenter {
    instrumentSync(code: string, filename: string): string;
  }

  export function createInstrumenter(options: InstrumenterOptions): Instrumenter;
}
