import fc from 'fast-check'
import { diffFields, formatPath } from './diff-fields'

const paths = (live: unknown, desired: unknown, options = {}) =>
  diffFields(live, desired, options).map((change) => formatPath(change.path))

describe('libs/kube-objects/src/diff-fields', () => {
  it('finds nothing between equal values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => expect(paths(value, structuredClone(value), { both: true })).toEqual([])),
    )
  })

  it('goes down to the smallest part that differs', () => {
    const live = { spec: { replicas: 5, template: { containers: [{ name: 'main', image: 'web:1' }] } } }
    const desired = { spec: { replicas: 3, template: { containers: [{ name: 'main', image: 'web:2' }] } } }
    expect(paths(live, desired)).toEqual(['.spec.replicas', '.spec.template.containers[0].image'])
  })

  it('pairs items of lists by name, and says where the live one stands', () => {
    const live = {
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    }
    expect(paths(live, { env: [{ name: 'B', value: '3' }] })).toEqual(['.env[1].value'])
    expect(paths(live, { env: [{ name: 'C', value: '3' }] })).toEqual(['.env[0]'])
  })

  it('minds fields that only the live object has when both count', () => {
    expect(paths({ a: 1, b: 2 }, { a: 1 })).toEqual([])
    expect(paths({ a: 1, b: 2 }, { a: 1 }, { both: true })).toEqual(['.b'])
    expect(paths({ l: [{ name: 'x' }, { name: 'y' }] }, { l: [{ name: 'x' }] }, { both: true })).toEqual(['.l[1]'])
  })

  it('takes null, absent and empty for the same', () => {
    expect(paths({}, { a: null, b: {}, c: [] })).toEqual([])
  })

  it('ends at its limit', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, index]))
    expect(paths({}, many, { limit: 20 })).toHaveLength(20)
  })

  it('writes paths as people do', () => {
    expect(formatPath(['metadata', 'labels', 'app.kubernetes.io/name'])).toBe(
      '.metadata.labels["app.kubernetes.io/name"]',
    )
    expect(formatPath(['spec', 'ports', 0, 'port'])).toBe('.spec.ports[0].port')
  })
})
