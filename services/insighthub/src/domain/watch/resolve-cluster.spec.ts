import { resolveCluster } from './resolve-cluster'

const clusters = [
  { name: 'in-cluster', server: 'https://kubernetes.default.svc' },
  { name: 'edge', server: 'https://edge.example.com/' },
]
const to = (destination: { server?: string; name?: string }, known = clusters) =>
  resolveCluster({ destination: { server: '', name: '', namespace: '', ...destination } }, known)

describe('services/insighthub/src/domain/watch/resolve-cluster', () => {
  it('finds a cluster by name or by server, whatever its trailing slash', () => {
    expect(to({ name: 'edge' })).toBe('edge')
    expect(to({ server: 'https://edge.example.com' })).toBe('edge')
    expect(to({ server: 'https://kubernetes.default.svc/' })).toBe('in-cluster')
  })

  it('knows the hub also before it is recorded', () => {
    expect(to({ server: 'https://kubernetes.default.svc' }, [])).toBe('in-cluster')
    expect(to({ name: 'in-cluster' }, [])).toBe('in-cluster')
  })

  it('knows no other cluster', () => {
    expect(to({ name: 'moon' })).toBeUndefined()
    expect(to({ server: 'https://moon' })).toBeUndefined()
  })
})
