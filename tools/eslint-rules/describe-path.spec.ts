import { RuleTester } from 'eslint'
import { rules } from './index.mjs'

const filename = 'libs/outcome/src/later.spec.ts'
const root = "'libs/outcome/src/later'"

describe('tools/eslint-rules/describe-path', () => {
  new RuleTester().run('describe-path', rules['describe-path'], {
    valid: [
      { name: 'the path', filename, code: `describe(${root}, () => { describe('inside', () => {}) })` },
      { name: 'a skipped root', filename, code: `describe.skip(${root}, () => {})` },
      {
        name: 'a spec on real servers keeps its suffix',
        filename: 'libs/jetstream/src/bus.rig.spec.ts',
        code: "describe('libs/jetstream/src/bus.rig', () => {})",
      },
    ],
    invalid: [
      {
        name: 'another title, repaired',
        filename,
        code: "describe('later', () => {})",
        output: `describe(${root}, () => {})`,
        errors: [{ messageId: 'title' }],
      },
      {
        name: 'a title that is no text, left alone',
        filename,
        code: 'describe(later.name, () => {})',
        errors: [{ messageId: 'title' }],
      },
      {
        name: 'a test outside',
        filename,
        code: `describe(${root}, () => {}); it('waits', () => {})`,
        errors: [{ messageId: 'missing' }],
      },
      { name: 'no root at all', filename, code: 'export {}', errors: [{ messageId: 'missing' }] },
    ],
  })
})
