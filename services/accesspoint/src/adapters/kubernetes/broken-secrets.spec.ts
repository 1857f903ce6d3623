import { BrokenSecrets } from './broken-secrets'
import { BadClusterSecretError } from './cluster-secret'

const bad = (problem: string) =>
  new BadClusterSecretError(
    { name: 'east-secret', data: { name: 'east', server: 'https://east.test/' } },
    'config',
    problem,
  )

describe('services/accesspoint/src/adapters/kubernetes/broken-secrets', () => {
  it('tells what is wrong with a Secret once, and again when it is something else', () => {
    const told: string[] = []
    const broken = new BrokenSecrets(({ message }) => told.push(message))
    for (const problem of ['is not JSON', 'is not JSON', 'lacks a token']) broken.update([bad(problem)])
    expect(told).toEqual([
      expect.stringContaining('cluster Secret east-secret: config is not JSON; '),
      expect.stringContaining('cluster Secret east-secret: config lacks a token; '),
    ])
  })

  it('knows for which destinations a Secret stands, by server and by name, until it is mended', () => {
    const broken = new BrokenSecrets(() => undefined)
    broken.update([bad('is not JSON')])
    expect(broken.reasonFor({ server: '', name: 'east' })).toContain('cluster Secret east-secret')
    expect(broken.reasonFor({ server: 'https://east.test', name: '' })).toContain('cluster Secret east-secret')
    expect(broken.reasonFor({ server: '', name: 'west' })).toBeUndefined()
    broken.update([])
    expect(broken.reasonFor({ server: '', name: 'east' })).toBeUndefined()
  })
})
