/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testRegex: ['\\.(spec|e2e-spec)\\.ts$'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  // The libraries run from source, so that a test never sees yesterday's build.
  moduleNameMapper: {
    '^nestjs-pomelo$': '<rootDir>/libs/pomelo/src/index.ts',
    '^nestjs-pomelo/(testing|prometheus|redis|nats|jwt|rate-limit)$': '<rootDir>/libs/pomelo/src/$1/index.ts',
    '^nestjs-pomelo/(mydog|gate|socketio)$': '<rootDir>/libs/pomelo/src/connectors/$1/index.ts',
    '^nestjs-pomelo-client$': '<rootDir>/libs/client/src/index.ts',
    '^nestjs-pomelo-protocol$': '<rootDir>/libs/protocol/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  // Loaded only when it is asked for, because every test file would pay for it.
  setupFiles: process.env.FC_RUNS === undefined ? [] : ['<rootDir>/scripts/property-runs.mjs'],
  // The module loader of Node keeps what every test file has loaded: a worker ends before it is too much.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '1GB',
  coverageProvider: 'v8',
  testTimeout: 30_000,
  reporters: ['default', '<rootDir>/scripts/jest-count-reporter.mjs'],
};
