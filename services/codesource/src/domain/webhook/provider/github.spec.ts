import { githubPush } from '@k8or/rig'
import { MalformedDeliveryError } from '../webhook'
import { github } from './github'

const push = { repoUrl: 'https://git.example/team/app.git', before: 'a'.repeat(40), after: 'b'.repeat(40) }
const signed = (secret = 's3cret') => {
  const { headers, body } = githubPush(push, secret, 'd-1')
  return { headers, body: Buffer.from(body) }
}

describe('services/codesource/src/domain/webhook/provider/github', () => {
  it('accepts a body that is signed with the secret (A16)', () => {
    expect(github.refusal(signed(), 's3cret')).toBeUndefined()
  })

  it('refuses a wrong, a missing and a cut signature, and a changed body (C100.2)', () => {
    const { headers, body } = signed()
    expect(github.refusal({ headers, body }, 'other')).toMatch(/does not match/)
    expect(github.refusal({ headers: {}, body }, 's3cret')).toMatch(/X-Hub-Signature-256 is missing/)
    const cut = { ...headers, 'x-hub-signature-256': 'sha256=' }
    expect(github.refusal({ headers: cut, body }, 's3cret')).toMatch(/does not match/)
    expect(github.refusal({ headers, body: Buffer.concat([body, Buffer.from(' ')]) }, 's3cret')).toMatch(/not match/)
  })

  it('reads a push: every name of the repository, ref and commits', () => {
    expect(github.read(signed())).toEqual({
      delivery: 'd-1',
      event: 'push',
      repositories: ['https://git.example/team/app.git', 'https://git.example/team/app'],
      ref: 'refs/heads/main',
      before: push.before,
      after: push.after,
    })
  })

  it('reads a payload that came as a form', () => {
    const body = Buffer.from(`payload=${encodeURIComponent(signed().body.toString())}`)
    const headers = { ...signed().headers, 'content-type': 'application/x-www-form-urlencoded' }
    expect(github.read({ headers, body })).toMatchObject({ ref: 'refs/heads/main' })
  })

  it('takes a ping, and ignores other events by name', () => {
    const ping = { headers: { 'x-github-event': 'ping', 'x-github-delivery': 'p' }, body: Buffer.from('{"zen":""}') }
    expect(github.read(ping)).toEqual({ delivery: 'p', event: 'ping', repositories: [] })
    const star = { headers: { 'x-github-event': 'star' }, body: Buffer.from('{}') }
    expect(github.read(star)).toEqual({ ignored: 'event star is not followed' })
  })

  it('names the field that is wrong', () => {
    const { headers } = signed()
    const read = (body: string) => () => github.read({ headers, body: Buffer.from(body) })
    expect(read('{')).toThrow(MalformedDeliveryError)
    expect(read('{"ref":"refs/heads/main","before":"a","after":3,"repository":{}}')).toThrow(/field after/)
  })
})
