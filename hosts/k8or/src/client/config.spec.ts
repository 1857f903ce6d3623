import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConnection } from './config'

describe('hosts/k8or/src/client/config', () => {
  const dir = mkdtempSync(join(tmpdir(), 'k8or-config-'))
  const ca = join(dir, 'ca.crt')
  const pem = '-----BEGIN CERTIFICATE-----'

  beforeAll(() => {
    mkdirSync(join(dir, '.run'))
    writeFileSync(ca, pem)
    writeFileSync(
      join(dir, '.run', 'mesh.env'),
      `# a mesh\nK8OR_URL=https://localhost:1\nK8OR_CA='${ca}'\nK8OR_TOKEN="from=file"\n`,
    )
  })

  afterAll(() => rmSync(dir, { recursive: true }))

  it('reads the mesh of the present directory where nothing else is said', () => {
    expect(loadConnection({}, {}, dir)).toEqual({ url: 'https://localhost:1', ca: pem, token: 'from=file' })
  })

  it('prefers the environment to the file, and flags to both', () => {
    const env = { K8OR_URL: 'https://mesh:2/', K8OR_TOKEN: 'env' }
    expect(loadConnection({}, env, dir)).toEqual({ url: 'https://mesh:2', ca: undefined, token: 'env' })
    expect(loadConnection({ url: 'https://flag:3', ca }, env, dir)).toEqual({
      url: 'https://flag:3',
      ca: pem,
      token: 'env',
    })
  })

  it.each([
    [{}, {}, 'no mesh to talk to'],
    [{ url: 'http://plain' }, { K8OR_TOKEN: 't' }, 'no https address'],
    [{ url: 'https://mesh' }, {}, 'no token'],
    [{ url: 'https://mesh', token: 't', ca: '/nowhere' }, {}, 'can not be read'],
  ])('says what is missing: %j %j', (flags, env, message) => {
    expect(() => loadConnection(flags, env, tmpdir())).toThrow(message)
  })
})
