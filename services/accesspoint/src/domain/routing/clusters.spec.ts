import { ClusterTable, UnknownClusterError } from './clusters'

const entry = (name: string, server: string) => ({
  ...{ name, server, labels: {}, namespaces: [], clusterResources: true, project: '', isHub: false },
})
const hub = entry('in-cluster', 'https://kubernetes.default.svc')

describe('services/accesspoint/src/domain/routing/clusters', () => {
  const table = new ClusterTable([
    hub,
    entry('east', 'https://east.test'),
    entry('twin', 'https://a.test'),
    entry('twin', 'https://b.test'),
  ])

  it('C52.3 finds a cluster by name or by server, a last slash aside', () => {
    expect(table.byNameOrServer('east').server).toBe('https://east.test')
    expect(table.byNameOrServer('https://east.test/').name).toBe('east')
    expect(table.ofDestination({ server: 'https://kubernetes.default.svc/', name: '' })).toBe(hub)
    expect(table.ofDestination({ server: '', name: 'east' }).name).toBe('east')
  })

  it.each([
    ['an unknown name', () => table.byNameOrServer('west')],
    ['no name at all', () => table.byNameOrServer('')],
    ['a name that two have', () => table.byNameOrServer('twin')],
    ['a destination without either', () => table.ofDestination({ server: '', name: '' })],
    ['a destination with both', () => table.ofDestination({ server: 'https://east.test', name: 'east' })],
    ['an unknown server', () => table.ofDestination({ server: 'https://west.test', name: '' })],
  ])('C52.3 answers an error for %s, never a default', (_, find) => {
    expect(find).toThrow(UnknownClusterError)
  })

  it('finds the hub under its own name when a Secret has given it another', () => {
    const renamed = new ClusterTable([entry('home', hub.server)])
    expect(renamed.byNameOrServer('in-cluster').name).toBe('home')
  })
})
