import { readdirSync } from 'node:fs'
import { alwaysJudged } from '@k8or/contracts'
import { rules } from './rules'

describe('services/insighthub/src/domain/health/rules', () => {
  it('lists a rule for every file of its folder', () => {
    const files = readdirSync(__dirname).filter((file) => !file.endsWith('.spec.ts') && file !== 'rules.ts')
    const kebab = (kind: string) => kind.replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-').toLowerCase()
    expect(rules.map(({ kind }) => `${kebab(kind)}.ts`).toSorted()).toEqual(files.toSorted())
  })

  it('A8.3 has a rule for exactly the kinds that others wait for', () => {
    expect(rules.map(({ group, kind }) => `${group}/${kind}`).toSorted()).toEqual([...alwaysJudged].toSorted())
  })
})
