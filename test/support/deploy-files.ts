import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load, loadAll } from 'js-yaml';

/** Environment of a server. */
export type Env = Readonly<Record<string, string>>;

/** A service of docker-compose.yml, as far as it is looked at. */
export interface ComposeService {
  readonly environment?: Env;
  readonly ports?: readonly string[];
  readonly stop_grace_period?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly build?: { readonly context: string; readonly dockerfile: string };
}

interface EnvEntry {
  readonly name: string;
  readonly value?: string;
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Container {
  readonly env: readonly EnvEntry[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
}

/** An object of kubernetes.yaml, as far as it is looked at. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly ports?: readonly { readonly port: number; readonly targetPort: string }[];
    readonly selector: Readonly<Record<string, unknown>>;
    readonly strategy?: unknown;
    readonly template?: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly [Container];
      };
    };
  };
}

/** The text of a file below `deploy/`. */
export function deployFile(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url)), 'utf8');
}

/** The services of docker-compose.yml by name, with the defaults of its variables. */
export function composeServices(): Readonly<Record<string, ComposeService>> {
  const text = deployFile('docker-compose.yml').replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
  const { services } = load(text) as { services: Record<string, ComposeService> };
  return services;
}

/** The objects of kubernetes.yaml. */
export function kubernetesObjects(): KubernetesObject[] {
  return loadAll(deployFile('kubernetes.yaml')) as KubernetesObject[];
}

/** `NAME=value` lines, as systemd reads them. */
export function envFile(name: string): Env {
  const lines = deployFile(name).split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value]];
    }),
  );
}
