import { DEFAULT_LIMITS } from 'nestjs-pomelo';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { demoOptions, portOf } from '../src/demo-options.js';
import { NatsServer } from './cluster/support/nats-server.js';
import { startDemo } from './support/demo-app.js';
import { composeServices, deployFile, envFile, kubernetesObjects, type Env } from './support/deploy-files.js';
import { closeAfterTest } from './support/pomelo-app.js';
import { Visitor } from './support/visitor.js';

/** Requests of clients have this time to end, and then calls of other servers once more. */
const STOP_MS = 2 * DEFAULT_LIMITS.drainMs;
const HEALTH_PAGES = { ready: '/readyz', live: '/healthz' };
const root = fileURLToPath(new URL('..', import.meta.url));

/** The variables that the demo looks at. */
async function variablesOfTheDemo(): Promise<Set<string>> {
  const names = new Set<string>();
  const read = (_env: object, name: string | symbol): undefined => void names.add(String(name));
  await demoOptions(new Proxy({}, { get: read }));
  return names;
}

/** Starts with this, and says which server it is. */
async function typesOf(env: Env): Promise<readonly string[] | undefined> {
  const known = await variablesOfTheDemo();
  expect(Object.keys(env).filter((name) => !known.has(name))).toEqual([]);
  const { server } = await demoOptions(env);
  return server?.types;
}

describe('deploy/docker-compose.yml', () => {
  const servers = Object.entries(composeServices()).flatMap(([name, { environment, ...service }]) =>
    environment === undefined ? [] : [{ name, environment, ...service }],
  );

  it('has two of each type that may have two, and says who each of them is', async () => {
    expect(servers.map(({ name }) => name)).toEqual([
      'gate-1',
      'connector-1',
      'connector-2',
      'chat-1',
      'chat-2',
    ]);
    for (const { name, environment } of servers) {
      expect(environment['SERVER_ID']).toBe(name);
      expect(await typesOf(environment)).toEqual([name.slice(0, -2)]);
    }
  });

  it('publishes the ports on which servers with clients listen, and asks for their health there', () => {
    for (const { name, environment, ports, healthcheck } of servers) {
      const port = portOf(environment);
      expect(ports).toEqual(name.startsWith('chat') ? undefined : [`${port}:${port}`]);
      expect(healthcheck?.test.join(' ')).toContain(`127.0.0.1:$\${process.env.PORT}${HEALTH_PAGES.ready}`);
    }
  });

  it('gives servers that stop more time than they take', () => {
    for (const { stop_grace_period: grace = '' } of servers)
      expect(Number.parseInt(grace, 10) * 1_000).toBeGreaterThan(STOP_MS);
  });

  it('builds from files that exist', () => {
    for (const { build } of servers)
      expect(existsSync(`${root}/deploy/${build?.context}/${build?.dockerfile}`)).toBe(true);
    expect(deployFile('Dockerfile')).toContain('CMD ["node", "--enable-source-maps", "dist/main.js"]');
  });

  it('is a cluster in which people chat', async () => {
    const nats = await NatsServer.start();
    const ports: number[] = [];
    // One after the other: each reads the environment of this process.
    for (const { environment } of servers)
      ports.push((await startDemo({ ...environment, PORT: '0', NATS_URL: nats.url })).port);
    const [gatePort = 0] = ports;
    const ann = closeAfterTest(await Visitor.enter(gatePort, 'ann', 'lobby'));
    const bob = closeAfterTest(await Visitor.enter(gatePort, 'bob', 'lobby'));
    expect(ports).toContain(ann.port);
    await ann.sayTo(bob, 'hello');
  });
});

describe('deploy/kubernetes.yaml', () => {
  const objects = kubernetesObjects();
  const deployments = objects.flatMap(({ kind, metadata: { name }, spec }) => {
    if (kind !== 'Deployment' || spec.template === undefined) return [];
    const { labels } = spec.template.metadata;
    const { containers, terminationGracePeriodSeconds: graceSeconds } = spec.template.spec;
    const [{ env, ...container }] = containers;
    const values = env.map(({ name: key, value = `${name}-6d4cf56db6-x7k2p` }) => [key, value] as const);
    const environment: Env = Object.fromEntries(values);
    return [{ name, spec, labels, graceSeconds, environment, container }];
  });

  it('has a deployment of each type', async () => {
    expect(deployments.map(({ name }) => name)).toEqual(['gate', 'connector', 'chat']);
    for (const { name, environment, spec, labels } of deployments) {
      expect(await typesOf(environment)).toEqual([name]);
      expect(spec.selector).toEqual({ matchLabels: labels });
      expect(spec.strategy).toMatchObject({ rollingUpdate: { maxUnavailable: 0 } });
    }
  });

  it('asks the pages of the health on the port of the server', () => {
    for (const { environment, container } of deployments) {
      const [port] = container.ports;
      expect(port?.containerPort).toBe(portOf(environment));
      expect(container.readinessProbe.httpGet).toEqual({ path: HEALTH_PAGES.ready, port: port?.name });
      expect(container.livenessProbe.httpGet).toEqual({ path: HEALTH_PAGES.live, port: port?.name });
    }
  });

  it('gives servers that stop more time than they take', () => {
    for (const { graceSeconds, container } of deployments) {
      const waitSeconds = Number(container.lifecycle?.preStop.exec.command[1] ?? 0);
      expect(graceSeconds - waitSeconds).toBeGreaterThan(STOP_MS / 1_000);
    }
  });

  it('has a service for each type that clients connect to, and the gate names the one of the connectors', () => {
    const services = objects.filter(({ kind }) => kind === 'Service');
    expect(services.map(({ metadata }) => metadata.name)).toEqual(['gate', 'connector']);
    for (const { metadata, spec } of services) {
      const target = deployments.find(({ name }) => name === metadata.name);
      expect(spec.selector).toEqual(target?.labels);
      expect(spec.ports?.[0]?.targetPort).toBe(target?.container.ports[0]?.name);
      if (metadata.name === 'connector')
        expect(String(spec.ports?.[0]?.port)).toBe(target?.environment['PUBLIC_PORT']);
    }
  });
});

describe('docs/deploy.md', () => {
  it('names the variables that the demo reads, all of them and no others', async () => {
    const page = readFileSync(`${root}/docs/deploy.md`, 'utf8');
    const names = [...page.matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) /gm)].flatMap(([, cell = '']) =>
      cell.split(', '),
    );
    const known = await variablesOfTheDemo();
    expect(names.toSorted()).toEqual([...known].map((name) => `\`${name}\``).toSorted());
  });
});

describe('deploy/pomelo@.service', () => {
  const unit = deployFile('pomelo@.service');
  const setting = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';

  it('starts the program as npm start does, as the server that its instance names', async () => {
    const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
      scripts: { start: string };
    };
    expect(setting('ExecStart')).toBe(`/usr/bin/${scripts.start}`);
    const [file = ''] = /[^/]+$/.exec(setting('EnvironmentFile').replace('%i', 'connector-1')) ?? [];
    expect(setting('Environment')).toContain('SERVER_ID=%i');
    expect(await typesOf({ SERVER_ID: 'connector-1', ...envFile(file) })).toEqual(['connector']);
  });

  it('gives servers that stop more time than they take', () => {
    expect(Number(setting('TimeoutStopSec')) * 1_000).toBeGreaterThan(STOP_MS);
  });
});
