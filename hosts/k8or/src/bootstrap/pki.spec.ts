import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isGood, spiffeIdIn } from '@k8or/identity'
import { loadBootstrapConfig } from './config'
import { bootstrapPki } from './pki'

const secrets = [
  ...['ca/ca.key', 'people/token', 'nats/store-key.conf', 'nats/tls.key', 'redis/tls.key', 'accesspoint/tls.key'],
  ...['codesource', 'chartstore', 'syncmaster', 'insighthub'].map((service) => `join/${service}.token`),
]

describe('hosts/k8or/src/bootstrap/pki', () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'bootstrap-'))
  const read = (path: string) => readFileSync(join(stateDir, path), 'utf8')
  const environment = { K8OR_STATE_DIR: stateDir, K8OR_TRUST_DOMAIN: 'k8or.test' }
  const bootstrap = (more: Record<string, string> = {}) =>
    bootstrapPki(loadBootstrapConfig({ ...environment, K8OR_NATS_URL: 'tls://localhost:4222', ...more }))

  beforeAll(() => bootstrap())
  afterAll(() => rmSync(stateDir, { recursive: true }))

  it('makes the authority and the certificates of what must be there first', () => {
    const certificates = ['nats', 'redis', 'accesspoint'].map((name) => read(`${name}/tls.crt`))
    for (const certificate of certificates) expect(isGood(certificate, read('ca.crt'), new Date())).toBe(true)
    const names = new X509Certificate(certificates[2]!).subjectAltName
    expect(spiffeIdIn(names)).toBe('spiffe://k8or.test/svc/accesspoint')
    expect(names).toContain('DNS:localhost')
  })

  it('makes a one-time token for each service that has to join, and one for people', () => {
    expect(readdirSync(join(stateDir, 'join')).sort()).toEqual(
      ['chartstore', 'codesource', 'insighthub', 'syncmaster'].map((service) => `${service}.token`),
    )
    expect(new Set(['codesource', 'chartstore'].map((service) => read(`join/${service}.token`))).size).toBe(2)
    expect(read('people/token')).toMatch(/^[0-9a-f]{64}$/)
  })

  it('configures NATS for mutual TLS on the port that the mesh is told of', () => {
    expect(read('nats/nats.conf')).toMatch(/127\.0\.0\.1:4222/)
    expect(read('nats/nats.conf')).toContain('verify_and_map')
  })

  it('listens and stores where it is told, under the names by which NATS and Redis are reached', async () => {
    const servers = { K8OR_NATS_URL: 'tls://mesh-nats:4222', K8OR_REDIS_URL: 'rediss://mesh-redis:6379' }
    await bootstrap({ ...servers, K8OR_NATS_LISTEN: '0.0.0.0:4222', K8OR_NATS_STORE_DIR: '/data' })
    expect(read('nats/nats.conf')).toMatch(/listen: "0\.0\.0\.0:4222"[^]*store_dir: "\/data"/)
    for (const name of ['nats', 'redis'])
      expect(new X509Certificate(read(`${name}/tls.crt`)).checkHost(`mesh-${name}`)).toBe(`mesh-${name}`)
  })

  it.each(secrets)('keeps %s for its owner alone', (path) => {
    expect(statSync(join(stateDir, path)).mode & 0o077).toBe(0)
  })

  it('keeps authority, keys and tokens when it is run again', async () => {
    const before = ['ca.crt', ...secrets].map(read)
    await bootstrap()
    expect(['ca.crt', ...secrets].map(read)).toEqual(before)
  })
})
