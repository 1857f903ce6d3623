import { repositoryToken, type DeliveryReceived } from '@k8or/contracts'
import { githubPush, gitlabPush, signGithub } from '@k8or/rig'
import { Followed } from '../repository/followed'
import { TakingDeliveries } from './take-delivery'

const url = 'https://git.example/team/app.git'
const push = { repoUrl: url, after: 'b'.repeat(40) }
const asRequest = ({ headers, body }: { headers: Readonly<Record<string, string>>; body: string }) => ({
  headers,
  body: Buffer.from(body),
})

function setUp(secrets: Record<string, string> = { github: 'hush', gitlab: 'hush' }) {
  const facts = new Map<string, DeliveryReceived & { token: string }>()
  const rows = new Map<string, Date>()
  const clock = { now: new Date('2026-01-01T00:00:00Z') }
  const followed = new Followed()
  const source = { repoURL: url, path: '', targetRevision: '' }
  const ref = { uid: 'u', namespace: 'argocd', name: 'a', project: 'default' }
  const destination = { server: '', name: '', namespace: '' }
  followed.put('u', { ref, token: 'a', bucket: 0, destination, sources: [source], specDigest: '', refresh: '' }, 1)
  const taking = new TakingDeliveries({
    secrets: { of: async (provider) => secrets[provider] },
    taken: {
      takenAt: async (key) => rows.get(key),
      remember: async (key, _factId, at) => void rows.set(key, at),
    },
    announcer: {
      publish: async (_event, { id, token, data }) => {
        const wasThere = facts.has(id)
        facts.set(id, { ...(data as DeliveryReceived), token })
        return { duplicate: wasThere }
      },
    },
    followed,
    clock: () => clock.now,
  })
  return { taking, facts, rows, clock }
}

describe('services/codesource/src/domain/webhook/take-delivery', () => {
  it('stores a genuine push under an id that follows from the delivery', async () => {
    const { taking, facts } = setUp()
    const answer = await taking.take(asRequest(githubPush(push, 'hush', 'd-1')))
    expect(answer).toMatchObject({ status: 200, result: 'accepted', delivery: 'd-1' })
    const [[id, fact] = []] = facts
    expect(id).toMatch(/^delivery\.received\/github\/[0-9a-f]{32}$/)
    expect(fact).toMatchObject({ token: repositoryToken(url), after: push.after, redelivery: false })
  })

  it('takes the same delivery once (C100.1)', async () => {
    const { taking, facts, clock } = setUp()
    const request = asRequest(githubPush(push, 'hush', 'd-1'))
    await taking.take(request)
    clock.now = new Date(clock.now.getTime() + 5_000)
    expect(await taking.take(request)).toMatchObject({ status: 200, result: 'duplicate' })
    expect(facts.size).toBe(1)
  })

  it('takes it once even if it died before it could remember (C100.1)', async () => {
    const { taking, facts, rows } = setUp()
    const request = asRequest(gitlabPush(push, 'hush', 'd-1'))
    await taking.take(request)
    rows.clear()
    expect(await taking.take(request)).toMatchObject({ status: 200, result: 'duplicate' })
    expect(facts.size).toBe(1)
  })

  it('looks again when a delivery is sent again on purpose', async () => {
    const { taking, facts, clock } = setUp()
    const request = asRequest(githubPush(push, 'hush', 'd-1'))
    await taking.take(request)
    clock.now = new Date(clock.now.getTime() + 600_000)
    expect(await taking.take(request)).toMatchObject({ status: 200, result: 'accepted' })
    expect([...facts.values()].map(({ redelivery }) => redelivery)).toEqual([false, true])
  })

  it('refuses what is forged, and all where no secret is set (C100.2)', async () => {
    const { taking, facts } = setUp({ github: 'hush' })
    expect(await taking.take(asRequest(githubPush(push, 'guess')))).toMatchObject({ status: 401, result: 'refused' })
    const answer = await taking.take(asRequest(gitlabPush(push, '')))
    expect(answer).toMatchObject({ status: 401, message: expect.stringContaining('webhook.gitlab.secret') })
    expect(facts.size).toBe(0)
  })

  it('names what is wrong with a payload (A16)', async () => {
    const { taking } = setUp()
    expect(await taking.take({ headers: {}, body: Buffer.from('{}') })).toMatchObject({ status: 400 })
    const { headers } = githubPush(push, 'hush')
    const { body } = githubPush({ ...push, after: 1 as unknown as string }, 'hush')
    const signed = { ...headers, 'x-hub-signature-256': signGithub('hush', body) }
    const answer = await taking.take({ headers: signed, body: Buffer.from(body) })
    expect(answer).toMatchObject({ status: 400, message: expect.stringContaining('field after') })
  })

  it('says that nobody follows a repository', async () => {
    const { taking } = setUp()
    const other = { ...push, repoUrl: 'https://git.example/team/other.git' }
    const answer = await taking.take(asRequest(githubPush(other, 'hush')))
    expect(answer).toMatchObject({ status: 200, result: 'unfollowed', message: expect.stringContaining('team/other') })
  })
})
