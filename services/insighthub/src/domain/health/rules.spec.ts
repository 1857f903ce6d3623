import { readdirSync } from 'node:fs'
import { rules } from './rules'

describe('services/insighthub/src/domain/health/rules', () => {
  it('lists a rule for every file of its folder', () => {
    const files = readdirSync(__dirname).filter((file) => !file.endsWith('.spec.ts') && file !== 'rules.ts')
    const kebab = (kind: string) => kind.replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-').toLowerCase()
    expect(rules.map(({ kind }) => `${kebab(kind)}.ts`).toSorted()).toEqual(files.toSorted())
  })
})
