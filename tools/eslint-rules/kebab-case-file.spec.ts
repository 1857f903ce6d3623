import { RuleTester } from 'eslint'
import { rules } from './index.mjs'

describe('tools/eslint-rules/kebab-case-file', () => {
  new RuleTester().run('kebab-case-file', rules['kebab-case-file'], {
    valid: [
      { code: '', filename: 'services/syncmaster/src/domain/plan/change-set.spec.ts' },
      { code: '', filename: 'libs/contracts/src/records/v1.ts' },
      { code: '', filename: '.dependency-cruiser.cjs' },
    ],
    invalid: [
      refused('libs/rpc/src/ChangeSet.ts', 'ChangeSet.ts'),
      refused('libs/rpc/src/change_set.ts', 'change_set.ts'),
      refused('libs/rpc/src/syncPlan/order.ts', 'syncPlan'),
    ],
  })
})

function refused(path: string, segment: string) {
  return { code: '', filename: path, errors: [{ messageId: 'name', data: { path, segment } }] }
}
