import { gitlabPush } from '@k8or/rig'
import { gitlab } from './gitlab'

const push = { repoUrl: 'https://git.example/team/app.git', after: 'b'.repeat(40) }
const sent = () => {
  const { headers, body } = gitlabPush(push, 's3cret', 'd-1')
  return { headers, body: Buffer.from(body) }
}

describe('services/codesource/src/domain/webhook/provider/gitlab', () => {
  it('compares the token (A16)', () => {
    expect(gitlab.refusal(sent(), 's3cret')).toBeUndefined()
    expect(gitlab.refusal(sent(), 's3cre')).toMatch(/X-Gitlab-Token is not/)
    expect(gitlab.refusal({ headers: {}, body: Buffer.alloc(0) }, 's3cret')).toMatch(/X-Gitlab-Token is missing/)
  })

  it('reads pushes of branches and tags, of projects and of the system', () => {
    expect(gitlab.read(sent())).toMatchObject({ event: 'push', ref: 'refs/heads/main', after: push.after })
    const tag = JSON.parse(sent().body.toString())
    delete tag.object_kind
    const body = Buffer.from(JSON.stringify({ ...tag, event_name: 'tag_push', ref: 'refs/tags/v1' }))
    expect(gitlab.read({ headers: sent().headers, body })).toMatchObject({ event: 'push', ref: 'refs/tags/v1' })
  })

  it('keeps apart what two webhooks of one project send about one event', () => {
    const { headers, body } = sent()
    const other = { headers: { ...headers, 'x-gitlab-webhook-uuid': 'second' }, body }
    expect(gitlab.read(other)).not.toMatchObject({ delivery: (gitlab.read(sent()) as { delivery: string }).delivery })
  })

  it('ignores other events by name', () => {
    const body = Buffer.from('{"object_kind":"issue"}')
    expect(gitlab.read({ headers: sent().headers, body })).toEqual({ ignored: 'event issue is not followed' })
  })
})
