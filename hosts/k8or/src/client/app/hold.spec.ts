import { create } from '@bufbuild/protobuf'
import {
  ApplicationSchema,
  GetResponseSchema,
  HoldSchema,
  RefreshResponseSchema,
  ResumeResponseSchema,
  RollbackResponseSchema,
} from '@k8or/contracts/rpc/syncmaster/v1/applications'
import pc from 'picocolors'
import type { Answer } from '../output/answer'
import { applicationAnswer } from './get'
import { resumeAnswer } from './hold'
import { applicationsAnswer } from './list'
import { refreshAnswer } from './refresh'
import { rollbackAnswer } from './rollback'

const table = (answer: Answer) => answer.table({ isWide: false, colors: pc.createColors(false) })
const hold = create(HoldSchema, { kind: 'hold', actor: 'user:ada', reason: 'it burns', release: 3n })
const suspension = create(HoldSchema, { kind: 'suspend', actor: 'user:bob', reason: 'an audit' })
const shop = { name: { namespace: 'argocd', name: 'shop' }, syncStatus: 'OutOfSync' }

describe('hosts/k8or/src/client/app/hold', () => {
  it('says where a rollback leads, what is ended for it, and how its hold ends', () => {
    const response = create(RollbackResponseSchema, { release: 3n, from: 5n, endsRunning: true })
    expect(table(rollbackAnswer(response, 'shop', false))).toBe(
      'shop goes back to release 3, from 5; the sync that runs is ended first\n' +
        'it is held there until `k8or app resume shop`',
    )
    const withGit = create(RollbackResponseSchema, { release: 3n, from: 5n, commits: ['0123456789abcdef'] })
    expect(table(rollbackAnswer(withGit, 'shop', false))).toMatch(/until its revert in git \(0123456\w*\) is rendered$/)
    expect(table(rollbackAnswer(withGit, 'shop', true))).toBe(
      'shop would go back to release 3, from 5\n\nno differences',
    )
  })

  it('says what was lifted, and what follows from it', () => {
    const lifted = create(ResumeResponseSchema, { lifted: [suspension, hold], automated: true })
    expect(table(resumeAnswer(lifted, 'shop'))).toBe(
      'shop is no longer suspended by user:bob (an audit), nor held at release 3 by user:ada (it burns); the newest release is applied',
    )
    expect(table(resumeAnswer(create(ResumeResponseSchema, {}), 'shop'))).toBe('nothing kept shop from being changed')
  })

  it('shows a hold wherever an application is shown', () => {
    const held = create(ApplicationSchema, { ...shop, hold })
    expect(table(applicationsAnswer([held, create(ApplicationSchema, { ...shop, hold: suspension })]))).toMatch(
      /OutOfSync \(held\)[^]*OutOfSync \(suspended\)/,
    )
    const response = create(GetResponseSchema, { application: held })
    expect(table(applicationAnswer(response))).toMatch(/Hold: +held at release 3 by user:ada \(it burns\)/)
  })

  it('says what a look at the sources found', () => {
    const found = create(RefreshResponseSchema, { release: 6n, isNew: true, revisions: ['0123456789abcdef'] })
    expect(table(refreshAnswer(found, 'shop'))).toMatch(/^shop has a new release 6 at 0123456/)
    const broken = create(RefreshResponseSchema, { problems: ['c.yaml is not YAML'] })
    expect(table(refreshAnswer(broken, 'shop'))).toBe('shop can not be rendered: c.yaml is not YAML')
  })
})
