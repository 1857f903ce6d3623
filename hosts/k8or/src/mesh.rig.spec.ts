import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { eventually, freePort, removeDir, repositoryRoot, startNats, tempDir, type ManagedProcess } from '@k8or/rig'

const names = ['accesspoint', 'codesource', 'chartstore', 'syncmaster', 'insighthub']
const hook = join(repositoryRoot, 'tools/swc-ext.cjs')
const program = `require(${JSON.stringify(join(__dirname, 'mesh.ts'))}).runMeshCommand(process.argv)`

interface Run {
  readonly child: ChildProcess
  readonly output: () => string
  /** The exit code. */
  readonly ended: Promise<number | null>
}

describe('hosts/k8or/src/mesh.rig', () => {
  const dir = tempDir('host')
  const stateDir = join(dir, 'mesh')
  let environment: Record<string, string>
  let probes: number
  let nats: number

  function run(...args: string[]): Run {
    const child = spawn(process.execPath, ['-r', hook, '-e', program, 'k8or', ...args], { env: environment })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
    const ended = once(child, 'exit').then(([code]) => code as number | null)
    return { child, output: () => output, ended }
  }

  const startBus = (): Promise<ManagedProcess> =>
    startNats({ dir: join(stateDir, 'nats'), configPath: join(stateDir, 'nats/nats.conf'), port: nats })

  /** A kubeconfig of a hub that nobody answers for. */
  function unreachableHub(): string {
    const path = join(dir, 'hub.kubeconfig')
    const name = 'hub'
    const clusters = [{ name, cluster: { server: 'https://127.0.0.1:1' } }]
    const config = { apiVersion: 'v1', kind: 'Config', clusters, users: [{ name, user: { token: 't' } }] }
    const contexts = [{ name, context: { cluster: name, user: name } }]
    writeFileSync(path, JSON.stringify({ ...config, contexts, 'current-context': name }))
    return path
  }

  const readyz = async (): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${probes}/readyz`).catch(() => undefined)
    return answer ? `${answer.status} ${await answer.text()}` : ''
  }

  beforeAll(async () => {
    probes = await freePort()
    nats = await freePort()
    const nobody = await freePort()
    const ports = names.flatMap((name) => [
      [`K8OR_${name.toUpperCase()}_URL`, `https://localhost:${nobody}`],
      [`K8OR_${name.toUpperCase()}_LISTEN`, '127.0.0.1:0'],
      [`K8OR_${name.toUpperCase()}_PROBES_LISTEN`, `127.0.0.1:${probes}`],
    ])
    environment = {
      K8OR_STATE_DIR: stateDir,
      K8OR_NATS_URL: `tls://localhost:${nats}`,
      K8OR_REDIS_URL: `rediss://localhost:${nobody}`,
      K8OR_ACCESSPOINT_PEOPLE_LISTEN: '127.0.0.1:0',
      K8OR_WEBHOOK_LISTEN: '127.0.0.1:0',
      ...(Object.fromEntries(ports) as Record<string, string>),
    }
  })

  afterAll(() => removeDir(dir))

  it('tells all settings that are missing at once', async () => {
    const full = environment
    environment = {}
    const [bootstrap, service] = [run('bootstrap'), run('service', 'chartstore')]
    environment = full
    expect([await bootstrap.ended, await service.ended]).toEqual([1, 1])
    expect(bootstrap.output()).toMatch(/K8OR_STATE_DIR: .*; K8OR_NATS_URL: /)
    expect(service.output()).toMatch(/^\{.*"msg":"can not start: K8OR_STATE_DIR: .*; K8OR_CHARTSTORE_LISTEN: .*\}\n$/)
  }, 20_000)

  it('makes what a mesh starts from, and the bus again without harm', async () => {
    expect(await run('bootstrap', '--pki').ended).toBe(0)
    const server = await startBus()
    const [first, second] = [await endOf(run('bootstrap')), await endOf(run('bootstrap', '--bus'))]
    await server.stop()
    expect([first, second]).toEqual(['0 ', '0 '])
  }, 40_000)

  it.each(['chartstore', 'standalone'])(
    'waits for the rest of the mesh as %s, says for what, and stops meanwhile',
    async (name) => {
      const waiting = name === 'standalone' ? run('standalone') : run('service', name)
      await eventually(() => waiting.output().includes(' yet"'), { timeoutMs: 15_000 })
      const awaited = name === 'standalone' ? `connect to the bus at tls://localhost:${nats}` : 'join the mesh'
      expect(waiting.output()).toMatch(new RegExp(`ECONNREFUSED.*"msg":"can not ${awaited} yet"`))
      expect(await readyz()).toMatch(/^503 .+\n$/)
      waiting.child.kill('SIGTERM')
      expect(await waiting.ended).toBe(0)
    },
    30_000,
  )

  it.each([
    ['K8OR_WEBHOOK_LISTEN', 'codesource'],
    ['K8OR_ACCESSPOINT_PEOPLE_LISTEN', 'accesspoint'],
  ])(
    'ends within seconds when %s is taken, although hub and Redis are away, and says what to do',
    async (setting, service) => {
      const taken = createServer().listen(0, '127.0.0.1')
      await once(taken, 'listening')
      const address = `127.0.0.1:${(taken.address() as AddressInfo).port}`
      const server = await startBus()
      const usual = environment
      environment = { ...usual, [setting]: address, K8OR_HUB_KUBECONFIG: unreachableHub() }
      const failing = run('standalone')
      environment = usual
      try {
        await eventually(() => failing.output().includes('can not start'), { timeoutMs: 30_000 })
        const saidAt = Date.now()
        expect(await failing.ended).toBe(1)
        expect(Date.now() - saidAt).toBeLessThan(10_000)
        expect(failing.output()).toMatch(
          new RegExp(`"msg":"can not start: ${service}: .*${address}; end what listens there`),
        )
      } finally {
        failing.child.kill('SIGKILL')
        taken.close()
        await server.stop()
      }
    },
    60_000,
  )

  it('knows no other service', async () => {
    expect(await endOf(run('service', 'portal'))).toMatch(/^1 .*no service is called portal: there are accesspoint, /s)
  }, 20_000)
})

async function endOf({ ended, output }: Run): Promise<string> {
  const code = await ended
  return `${String(code)} ${output()}`
}
