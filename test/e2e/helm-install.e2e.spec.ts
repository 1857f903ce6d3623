import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { loadAll } from 'js-yaml'
import {
  eventually,
  helmOutput,
  meshChart,
  removeDir,
  repositoryRoot,
  startKube,
  tempDir,
  valueAt,
  type KubeObject,
  type KubeServer,
} from '@k8or/rig'
import { kubeconfigOf, mayDo, onRelease, release, releasedObjects, typed } from './src/installed-chart'

const { namespace } = release
const argo = { group: 'argoproj.io', resource: 'applications' }
const crdType = 'apiextensions.k8s.io/v1/CustomResourceDefinition'
const accounts = ['codesource', 'chartstore', 'syncmaster', 'insighthub', 'nats', 'redis']
const ha = ['--set', 'profile=ha']

const application = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', namespace },
  spec: {
    project: 'default',
    source: { repoURL: 'https://git.test/shop.git', path: '.' },
    destination: { name: 'far' },
  },
}

interface Container {
  readonly args: string[]
  readonly env: { readonly name: string; readonly value: string }[]
}

describe('test/e2e/helm-install.e2e', () => {
  const dir = tempDir('helm-install')
  let kube: KubeServer
  let argoCrd: KubeObject | undefined

  beforeAll(async () => {
    kube = await startKube({ dir: join(dir, 'kube'), nodes: 1 })
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
    await kube.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } })
    // Somebody else's definition, not quite ours.
    const path = join(meshChart, 'definitions/appprojects.yaml')
    const [theirs] = loadAll(readFileSync(path, 'utf8')) as KubeObject[]
    const metadata = { name: theirs!.metadata.name, labels: { owner: 'somebody-else' } }
    const spec = {
      ...(theirs!['spec'] as object),
      names: { ...(valueAt(theirs, 'spec.names') as object), shortNames: ['theirs'] },
    }
    argoCrd = await kube.client.apply({ ...theirs!, metadata, spec }, 'somebody-else')
    const output = await onRelease(kube, 'install', ...ha)
    expect(output).toContain('port-forward service/k8or-people 8443')
  }, 180_000)

  afterAll(async () => {
    await kube.stop()
    removeDir(dir)
  })

  it('installs every object, and leaves nothing of its hook but the mesh', async () => {
    const deployed = namesOf(await releasedObjects(kube), 'Deployment')
    expect(deployed).toEqual(
      ['accesspoint', 'chartstore', 'codesource', 'insighthub', 'syncmaster'].map((name) => `k8or-${name}`),
    )
    expect(namesOf(await releasedObjects(kube), 'StatefulSet')).toEqual(['k8or-nats', 'k8or-redis'])
    expect(namesOf(await releasedObjects(kube), 'ServiceAccount')).not.toContain('k8or-bootstrap')
    for (const name of ['applications', 'applicationsets', 'appprojects'])
      expect(await kube.client.get(crdType, `${name}.argoproj.io`)).toBeDefined()
  })

  it('has pods that a namespace of the standard "restricted" takes', async () => {
    const wanted = [
      'accesspoint',
      'chartstore',
      'codesource',
      'insighthub',
      'syncmaster',
      'nats',
      'redis',
      'bootstrap-bus',
    ]
    await eventually(
      async () => {
        const pods = await kube.client.list('v1/Pod', { namespace })
        const components = new Set(pods.map(({ metadata }) => metadata.labels?.['app.kubernetes.io/component']))
        expect([...components].sort()).toEqual(wanted.sort())
        return true
      },
      { timeoutMs: 60_000, what: 'pods of every component' },
    )
  }, 90_000)

  it('lets AccessPoint read what is declared, and write only to Applications and its copies of emergency stops', async () => {
    const may = (asked: Record<string, string>) => mayDo(kube, 'accesspoint', asked)
    for (const resource of ['secrets', 'configmaps'])
      for (const verb of ['get', 'list', 'watch']) expect(await may({ namespace, verb, resource })).toBe(true)
    expect(await may({ ...argo, verb: 'watch' })).toBe(true)
    expect(await may({ ...argo, verb: 'patch', namespace: 'shop' })).toBe(true)
    expect(await may({ group: 'authentication.k8s.io', resource: 'tokenreviews', verb: 'create' })).toBe(true)
    expect(await may({ namespace: 'kube-system', verb: 'get', resource: 'secrets' })).toBe(false)
    expect(await may({ namespace, verb: 'create', resource: 'secrets' })).toBe(false)
    expect(await may({ ...argo, verb: 'delete', namespace })).toBe(false)
    expect(await may({ namespace, verb: 'create', resource: 'pods' })).toBe(false)
    const mayPatch = (name: string) => may({ namespace, verb: 'patch', resource: 'configmaps', name })
    expect([await mayPatch('k8or-emergency-stops'), await mayPatch('argocd-cm')]).toEqual([true, false])
  })

  it.each(accounts)('lets %s do nothing at all in the cluster', async (account) => {
    for (const resource of ['secrets', 'configmaps', 'pods'])
      for (const verb of ['get', 'list']) expect(await mayDo(kube, account, { namespace, verb, resource })).toBe(false)
    expect(await mayDo(kube, account, { ...argo, verb: 'get', namespace })).toBe(false)
  })

  it('changes nothing when it is upgraded to what it is', async () => {
    const before = await generations()
    await onRelease(kube, 'upgrade', ...ha)
    expect(await generations()).toEqual(before)
    const history = JSON.parse(await onRelease(kube, 'history', '-o', 'json')) as { revision: number }[]
    expect(history.at(-1)?.revision).toBe(2)
  }, 120_000)

  it('is stopped and started for a backup when what docs/operations.md says is typed', async () => {
    const [stop = '', start = ''] = commandsOf('docs/operations.md', 'replicas=0').split('# now')
    const replicas = async () =>
      (await releasedObjects(kube)).flatMap((object) => valueAt(object, 'spec.replicas') ?? [])
    const before = await replicas()
    await typed(kube, stop, dir)
    expect(await replicas()).toEqual(before.map(() => 0))
    await typed(kube, `# ${start}`, dir)
    expect(await replicas()).toEqual(before.map(() => 1))
    await onRelease(kube, 'upgrade', ...ha)
    expect(await replicas()).toEqual(before)
  }, 120_000)

  it('keeps what bootstrap makes in Secrets, with the rights of its hook and no others', async () => {
    const { args, env } = await playedHook()
    const kubeconfig = await kubeconfigOf(kube, 'bootstrap', dir)
    const run = (name: string) => bootstrap(args, env, { stateDir: join(dir, name), kubeconfig })
    await run('first')
    const made = await secretsOf('authority', 'trust', 'people', 'nats', 'redis')
    expect(keysOf(made)).toEqual([
      ...[['ca.key'], ['ca.crt'], ['token'], ['nats.conf', 'store-key.conf', 'tls.crt', 'tls.key']],
      ['tls.crt', 'tls.key'],
    ])
    await run('second')
    const again = await secretsOf('authority', 'trust', 'people')
    expect(again.map((secret) => secret?.['data'])).toEqual(made.slice(0, 3).map((secret) => secret?.['data']))
    expect(decoded(made[3], 'store-key.conf')).toBe(decoded((await secretsOf('nats'))[0], 'store-key.conf'))
    expect(decoded(made[3], 'nats.conf')).toMatch(/listen: "0\.0\.0\.0:4222"[^]*store_dir: "\/data"/)
    expect(await mayDo(kube, 'bootstrap', { namespace, verb: 'get', resource: 'secrets', name: 'argocd-secret' })).toBe(
      false,
    )
    expect(await mayDo(kube, 'bootstrap', { namespace, verb: 'create', resource: 'secrets', name: 'other' })).toBe(
      false,
    )
  }, 60_000)

  it('tells at the end what to type next', async () => {
    const notes = await helmOutput(['get', 'notes', release.name, '--namespace', namespace], kube.kubeconfigPath)
    const commands = notes
      .split('\n')
      .filter((line) => /^ {3}(kubectl|export)/.test(line) && !line.includes('port-forward'))
    const printed = await typed(kube, [...commands, 'echo "$K8OR_URL $K8OR_CA $K8OR_TOKEN"'].join('\n'), dir)
    const [trust, people] = await secretsOf('trust', 'people')
    expect(printed).toContain('deployment "k8or-accesspoint" successfully rolled out')
    expect(printed).toContain(`https://localhost:8443 ${dir}/k8or-ca.crt ${decoded(people, 'token')}`)
    expect(readFileSync(join(dir, 'k8or-ca.crt'), 'utf8')).toBe(decoded(trust, 'ca.crt'))
  }, 90_000)

  it('refuses to begin anew beside an authority whose certificate is gone', async () => {
    const { args, env } = await playedHook()
    const kubeconfig = await kubeconfigOf(kube, 'bootstrap', dir)
    await kube.client.delete('v1/Secret', `${namespace}/k8or-trust`)
    const failed = bootstrap(args, env, { stateDir: join(dir, 'third'), kubeconfig })
    await expect(failed).rejects.toThrow('Secret argocd/k8or-trust is gone while k8or-authority is there: restore it')
  }, 60_000)

  it('becomes one pod and several again, as its profile says', async () => {
    await onRelease(kube, 'upgrade', '--set', 'profile=standalone')
    expect(namesOf(await releasedObjects(kube), 'Deployment')).toEqual(['k8or-standalone'])
    expect(await mayDo(kube, 'standalone', { namespace, verb: 'list', resource: 'secrets' })).toBe(true)
    expect(await mayDo(kube, 'accesspoint', { namespace, verb: 'list', resource: 'secrets' })).toBe(false)
    await onRelease(kube, 'rollback', '--wait=false')
    expect(namesOf(await releasedObjects(kube), 'Deployment')).toHaveLength(5)
  }, 60_000)

  it('leaves what was there before, and what people declared, when it is uninstalled', async () => {
    await kube.client.apply(application)
    await onRelease(kube, 'uninstall', '--wait')
    const left = (await releasedObjects(kube)).map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    expect(left.filter((one) => !/^PersistentVolumeClaim |bootstrap$/.test(one))).toEqual([])
    expect(left).toContain('PersistentVolumeClaim k8or-accesspoint')
    expect(await kube.client.get('argoproj.io/v1alpha1/Application', `${namespace}/shop`)).toBeDefined()
    const crd = await kube.client.get(crdType, argoCrd!.metadata.name)
    for (const path of ['metadata.uid', 'metadata.generation', 'metadata.labels', 'spec'])
      expect(valueAt(crd, path)).toEqual(valueAt(argoCrd, path))
    expect(await kube.client.get(crdType, 'applications.argoproj.io')).toBeDefined()
  }, 120_000)

  it('leaves nothing of its own when what docs/install.md says is typed', async () => {
    const forGood = commandsOf('docs/install.md', 'delete pvc')
    expect(forGood).toMatch(/delete secret .*delete pvc/s)
    await typed(kube, forGood, dir)
    expect((await secretsOf('authority', 'nats', 'people')).filter(Boolean)).toEqual([])
    expect(await kube.client.list('v1/PersistentVolumeClaim', { namespace })).toEqual([])
    expect(await kube.client.get('argoproj.io/v1alpha1/Application', `${namespace}/shop`)).toBeDefined()
  }, 90_000)

  /** Of each object what changes when somebody changes it. */
  async function generations(): Promise<Record<string, unknown>> {
    const entries = (await releasedObjects(kube)).map((object): [string, unknown] => [
      `${object.kind} ${object.metadata.name}`,
      // The API server stores a claim anew each time, though it stays the same.
      object.kind === 'PersistentVolumeClaim' ? object['spec'] : versionOf(object),
    ])
    return Object.fromEntries(entries)
  }

  /** The account of bootstrap with its rights, which end with the hook, and what its pod runs. */
  async function playedHook(): Promise<Container> {
    const only = ['--namespace', namespace, '--show-only', 'templates/bootstrap/pki.yaml']
    const hook = loadAll(await helmOutput(['template', release.name, meshChart, ...ha, ...only])) as KubeObject[]
    for (const object of hook.filter(({ kind }) => kind !== 'Job'))
      await kube.client.apply({ ...object, metadata: { ...object.metadata, namespace } })
    const job = hook.find(({ kind }) => kind === 'Job')
    return (valueAt(job, 'spec.template.spec.containers') as Container[])[0]!
  }

  function secretsOf(...names: string[]): Promise<(KubeObject | undefined)[]> {
    return Promise.all(names.map((name) => kube.client.get('v1/Secret', `${namespace}/k8or-${name}`)))
  }
})

async function bootstrap(
  args: string[],
  env: Container['env'],
  at: { readonly stateDir: string; readonly kubeconfig: string },
): Promise<void> {
  mkdirSync(at.stateDir)
  const given = Object.fromEntries(env.map(({ name, value }) => [name, value]))
  const environment = {
    PATH: '/usr/bin:/bin',
    ...given,
    K8OR_STATE_DIR: at.stateDir,
    K8OR_HUB_KUBECONFIG: at.kubeconfig,
  }
  await promisify(execFile)(join(repositoryRoot, 'bin/k8or'), args, { env: environment, timeout: 30_000 })
  expect(readdirSync(at.stateDir)).toContain('ca.crt')
}

/** What a page tells to type, by a part of it. */
function commandsOf(page: string, part: string): string {
  const text = readFileSync(join(repositoryRoot, page), 'utf8')
  const blocks = [...text.matchAll(/```sh\n([^]*?)```/g)].map(([, commands = '']) => commands)
  return blocks.find((commands) => commands.includes(part)) ?? ''
}

function versionOf({ metadata: { generation, resourceVersion } }: KubeObject): unknown {
  return generation ?? resourceVersion
}

function keysOf(secrets: readonly (KubeObject | undefined)[]): string[][] {
  return secrets.map((secret) => Object.keys((secret?.['data'] ?? {}) as object).sort())
}

function decoded(secret: KubeObject | undefined, key: string): string {
  return Buffer.from((secret?.['data'] as Record<string, string>)[key] ?? '', 'base64').toString()
}

function namesOf(objects: readonly KubeObject[], kind: string): string[] {
  return objects
    .filter((object) => object.kind === kind)
    .map(({ metadata }) => metadata.name)
    .sort()
}
