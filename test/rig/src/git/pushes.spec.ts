import { githubPush, gitlabPush, signGithub } from './pushes'

const push = { repoUrl: 'http://localhost:1/team/shop.git', after: 'a'.repeat(40) }

describe('test/rig/src/git/pushes', () => {
  it('signs as GitHub documents it', () => {
    expect(signGithub("It's a Secret to Everybody", 'Hello, World!')).toBe(
      'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    )
  })

  it('makes a GitHub push whose signature fits its body', () => {
    const { headers, body } = githubPush(push, 'secret', 'd-1')
    expect(headers).toMatchObject({ 'x-github-event': 'push', 'x-github-delivery': 'd-1' })
    expect(headers['x-hub-signature-256']).toBe(signGithub('secret', body))
    expect(JSON.parse(body)).toMatchObject({
      after: push.after,
      repository: { full_name: 'team/shop', clone_url: push.repoUrl },
    })
  })

  it('makes a GitLab push', () => {
    const { headers, body } = gitlabPush(push, 'secret')
    expect(headers).toMatchObject({ 'x-gitlab-event': 'Push Hook', 'x-gitlab-token': 'secret' })
    expect(JSON.parse(body)).toMatchObject({ object_kind: 'push', project: { git_http_url: push.repoUrl } })
  })
})
