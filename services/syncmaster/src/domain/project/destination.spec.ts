import { allGoingTo, describeUnknown, goesTo } from './destination'

const edge = { name: 'edge', server: 'https://edge.test' }
const destination = (server: string, name = '') => ({ server, name, namespace: 'shop' })

describe('services/syncmaster/src/domain/project/destination', () => {
  it('goes to the cluster of its server, with or without a slash, or of its name', () => {
    expect(goesTo(destination('https://edge.test/'), edge)).toBe(true)
    expect(goesTo(destination('https://edge.test'), { ...edge, server: 'https://edge.test/' })).toBe(true)
    expect(goesTo(destination('', 'edge'), edge)).toBe(true)
    expect(goesTo(destination('https://other.test'), edge)).toBe(false)
    expect(goesTo(destination('', 'other'), edge)).toBe(false)
  })

  it('goes nowhere when it does not say where, or says it twice', () => {
    expect(goesTo(destination(''), { name: '', server: '' })).toBe(false)
    expect(goesTo(destination('https://edge.test', 'edge'), edge)).toBe(false)
  })

  it('finds those that go to one cluster, to any, and to one that nobody knows', () => {
    const far = { uid: 'far', spec: { destination: destination('https://edge.test/') } }
    const near = { uid: 'near', spec: { destination: destination('', 'in-cluster') } }
    expect(allGoingTo(edge, [far, near])).toEqual([far])
    expect(allGoingTo('all', [far, near])).toEqual([far, near])
    expect(allGoingTo(undefined, [far, near])).toEqual([])
  })

  it('says what to do about a server that nobody knows', () => {
    expect(describeUnknown({ server: 'https://far.test' })).toContain('add its Secret')
  })
})
