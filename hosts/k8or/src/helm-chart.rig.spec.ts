import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { services, type ServiceName } from '@k8or/contracts'
import { helm, helmOutput, meshChart, removeDir, tempDir } from '@k8or/rig'
import { loadShellConfig } from '@k8or/shell'
import { callersOf, filesIn, render, type Container, type Rendered } from '../test/rendered-chart'
import { readerOf, unread } from '../test/settings-readers'
import { trustFiles } from './bootstrap/config'

const profiles = ['standalone', 'ha'] as const
const stateDir = '/var/lib/k8or'

interface Schema {
  readonly properties: Readonly<Record<string, Schema>>
  readonly type?: string
}

/** A value for each setting that the schema knows. */
function everySetting(): Record<string, unknown> {
  const schema = JSON.parse(readFileSync(join(meshChart, 'values.schema.json'), 'utf8')) as Schema
  const sample = (name: string, { type }: Schema) =>
    type === 'string' ? 'a b <a@b>' : /Share$/.test(name) ? 0.25 : 268435456
  const settingsOf = (service: string) =>
    Object.entries(schema.properties[service]?.properties['settings']?.properties ?? {})
  const sections = services.map((service) => {
    const settings = settingsOf(service).map(([name, setting]) => [name, sample(name, setting)])
    return [service, { settings: Object.fromEntries(settings) }]
  })
  return { otlpEndpoint: 'http://collector:4318', ...Object.fromEntries(sections) }
}

describe('hosts/k8or/src/helm-chart.rig', () => {
  const dir = tempDir('helm-chart')
  const values = join(dir, 'values.json')
  const rendered = new Map<string, Rendered>()
  const of = (profile: string): Rendered => rendered.get(profile)!
  const ours = (profile: string): Container[] =>
    of(profile).containers.filter(({ image }) => image.startsWith('k8or/mesh:'))

  beforeAll(async () => {
    writeFileSync(values, JSON.stringify(everySetting()))
    for (const profile of profiles)
      rendered.set(profile, await render(['--set', `profile=${profile}`, '--values', values]))
  })
  afterAll(() => removeDir(dir))

  it.each(profiles)('passes helm lint in profile %s', async (profile) => {
    const { code, out } = await helm(['lint', '--strict', meshChart, '--set', `profile=${profile}`])
    expect({ code, out }).toMatchObject({ code: 0 })
  })

  it.each([
    ['profile=big', '/profile'],
    ['syncmaster.replicas=0', '/syncmaster/replicas'],
    ['syncmaster.settings.massPruneObject=1', "/syncmaster/settings': additional properties 'massPruneObject'"],
    ['image.digest=latest', '/image/digest'],
    ['nats.builtIn=false', '/nats/url'],
    ['redis.url=redis', '/redis/url'],
    ['accesspoint.hub.deploy=maybe', '/accesspoint/hub/deploy'],
    ['networkPolicy.apiServerPorts[0]=70000', '/networkPolicy/apiServerPorts/0'],
    ['codesource.replicas=2', "/codesource': additional properties 'replicas'"],
    ['chartstore.replicas=2', "/chartstore': additional properties 'replicas'"],
    ['accesspoint.replicas=2', "/accesspoint': additional properties 'replicas'"],
    ['insighthub.replicas=2', "/insighthub': additional properties 'replicas'"],
    ['portal.replicas=1', "': additional properties 'portal'"],
  ])('refuses %s and names the field', async (setting, named) => {
    const { code, complaint } = await helm(['template', 'k8or', meshChart, '--set', setting])
    expect(code).toBe(1)
    expect(complaint).toContain(`at '${named}`)
  })

  it('describes in its schema exactly what the values hold', async () => {
    const schema = JSON.parse(readFileSync(join(meshChart, 'values.schema.json'), 'utf8')) as Schema
    const known = load(await helmOutput(['show', 'values', meshChart])) as Record<string, Record<string, unknown>>
    expect(Object.keys(known).sort()).toEqual(Object.keys(schema.properties).sort())
    for (const [section, content] of Object.entries(known))
      if (schema.properties[section]?.properties)
        expect([section, ...Object.keys(content).sort()]).toEqual([
          section,
          ...Object.keys(schema.properties[section].properties).sort(),
        ])
  })

  it('starts programs that there are', () => {
    const commands = (profile: string) =>
      ours(profile)
        .map(({ args }) => args.join(' '))
        .sort()
    const bootstrap = ['bootstrap --bus', 'bootstrap --pki']
    expect(commands('standalone')).toEqual([...bootstrap, 'standalone'])
    expect(commands('ha')).toEqual([...bootstrap, ...services.map((name) => `service ${name}`)].sort())
  })

  it.each(profiles)('gives the programs of profile %s what they read, and nothing else', (profile) => {
    for (const { args, environment } of ours(profile)) {
      expect([args, unread(environment, readerOf(args))]).toEqual([args, []])
      expect(Object.keys(environment)).toContain('K8OR_STATE_DIR')
    }
  })

  it('would notice a variable that no program reads', () => {
    const { args, environment } = serviceOf('insighthub')
    expect(unread({ ...environment, K8OR_REDIS_URL: 'rediss://redis:6379' }, readerOf(args))).toEqual([
      'K8OR_REDIS_URL',
    ])
  })

  it('carries every setting of the values to the service that has it', () => {
    const settings = everySetting() as Record<ServiceName, { settings: Record<string, unknown> }>
    for (const service of services) {
      const container = ours('ha').find(({ args }) => args[1] === service)!
      const given = Object.values(container.environment)
      for (const [name, value] of Object.entries(settings[service].settings))
        expect({ name, given: given.includes(String(value)) }).toEqual({ name, given: true })
    }
  })

  it('puts the files of the trust where the programs look for them', () => {
    const { ca, caKey, peopleToken, joinToken } = trustFiles(stateDir)
    const [bus, gate, standalone] = [
      ours('ha').find(({ args }) => args[1] === '--bus')!,
      serviceOf('accesspoint'),
      ours('standalone').find(({ args }) => args[0] === 'standalone')!,
    ]
    expect(filesIn(bus)).toEqual([ca, caKey])
    for (const container of [gate, standalone]) expect(filesIn(container)).toEqual([ca, caKey, peopleToken])
    for (const name of services.filter((service) => service !== 'accesspoint'))
      expect(filesIn(serviceOf(name))).toEqual([ca, joinToken(name)])
  })

  it('runs one process of each service but SyncMaster, also while it is replaced', () => {
    const deployments = of('ha').objects.filter(({ kind }) => kind === 'Deployment')
    const told = deployments.map(({ metadata, spec }) => {
      const { replicas, strategy } = spec as { replicas: number; strategy?: { type: string } }
      return [metadata.name.replace('k8or-', ''), replicas > 1 ? 'several' : (strategy?.type ?? 'overlapping')]
    })
    expect(Object.fromEntries(told)).toMatchObject({
      ...{ accesspoint: 'Recreate', codesource: 'Recreate', chartstore: 'Recreate', insighthub: 'Recreate' },
      syncmaster: 'several',
    })
  })

  it('starts NATS and Redis on files that they have', () => {
    for (const name of ['nats', 'redis']) {
      const server = of('ha').containers.find((container) => container.name === name)!
      const named = server.args.filter((arg) => arg.startsWith(stateDir))
      expect(filesIn(server)).toEqual(expect.arrayContaining(named))
      expect(named.length).toBeGreaterThan(0)
    }
  })

  it('lets every service find the others at a port where a Service is', () => {
    const { urls } = loadShellConfig('syncmaster', serviceOf('syncmaster').environment)
    for (const url of Object.values(urls)) {
      const { hostname, port } = new URL(url)
      const service = of('ha').objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === hostname)
      expect({ url, ports: service?.['spec'] }).toMatchObject({ ports: { ports: [{ port: Number(port) }] } })
    }
  })

  it('lets through the arrows of the design, and nobody to NATS and Redis but those who use them', () => {
    const policies = of('ha').objects.filter(({ kind }) => kind === 'NetworkPolicy')
    const callers = Object.fromEntries(
      policies.map((policy) => [policy.metadata.name.replace('k8or-', ''), callersOf(policy)]),
    )
    const all = ['accesspoint', 'chartstore', 'codesource', 'insighthub', 'syncmaster']
    expect(callers).toEqual({
      accesspoint: ['chartstore', 'codesource', 'insighthub', 'syncmaster'],
      codesource: ['accesspoint', 'chartstore'],
      chartstore: ['accesspoint', 'syncmaster'],
      syncmaster: ['accesspoint', 'chartstore'],
      insighthub: ['accesspoint'],
      nats: [...all, 'bootstrap-bus'].sort(),
      redis: ['chartstore', 'codesource', 'syncmaster'],
      'bootstrap-bus': [],
    })
  })

  it('runs nobody as root, on no writable root, with no right of the kernel', () => {
    for (const profile of profiles)
      for (const { pod, container } of of(profile).containers.map((one) => ({ pod: one.pod, container: one.spec }))) {
        expect(pod['securityContext']).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
        expect(container['securityContext']).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
        expect(container['resources']).toMatchObject({ requests: expect.anything(), limits: expect.anything() })
      }
  })

  it('stays in the namespace of the release, but for rights and the copies of emergency stops', () => {
    const named = of('ha').objects.filter(
      ({ kind, metadata }) => metadata.namespace !== undefined && !/^Role/.test(kind),
    )
    expect(named.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['ConfigMap k8or-emergency-stops'])
  })

  it('renders the same from the same values', async () => {
    const again = await render(['--set', 'profile=ha', '--values', values])
    expect(again.objects).toEqual(of('ha').objects)
  })

  it('has its own definitions of Applications, which are kept', () => {
    for (const name of ['applications', 'applicationsets', 'appprojects']) {
      const path = join(meshChart, 'definitions', `${name}.yaml`)
      expect(existsSync(path) && readFileSync(path, 'utf8')).toContain('helm.sh/resource-policy: keep')
    }
  })

  function serviceOf(name: ServiceName): Container {
    return ours('ha').find(({ args }) => args[0] === 'service' && args[1] === name)!
  }
})
