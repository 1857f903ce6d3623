import { Content, eventually, expectClear, readEntries, signGithub, type Entry } from '@k8or/rig'
import { deliveryReceived } from '@k8or/contracts'
import { z } from 'zod'
import { CodeSourceUnderTest, hush } from '../test/code-source-under-test'

const Sent = z.strictObject({
  method: z.string().default('POST'),
  path: z.string().default('/api/webhook'),
  /** `{github}` and the like stand for the secrets. */
  headers: z.record(z.string(), z.string()),
  body: Content,
  /** Whether it is signed as GitHub does. */
  sign: z.boolean().default(false),
  /** What follows the body after it was signed. */
  behind: z.string().default(''),
  times: z.number().default(1),
})
type Sent = z.infer<typeof Sent>

describe('services/codesource/src/hostile-webhooks.rig', () => {
  let codesource: CodeSourceUnderTest
  beforeAll(async () => {
    codesource = await CodeSourceUnderTest.start()
  }, 120_000)
  afterAll(() => codesource.stop(), 60_000)

  const requestOf = ({ method, path, body, sign, behind, ...given }: Sent) => {
    const headers = Object.entries(given.headers).map(([name, value]) => [
      name,
      value.replace(/\{(\w+)\}/g, (_, provider: string) => hush[provider as keyof typeof hush]),
    ])
    if (sign) headers.push(['x-hub-signature-256', signGithub(hush.github, body)])
    const sent = Buffer.concat([Buffer.from(body as string), Buffer.from(behind)])
    return { method, path, headers: Object.fromEntries(headers) as Record<string, string>, body: sent }
  }

  let stored = 0
  const send = async (request: ReturnType<typeof requestOf>) => {
    const answer = await codesource.send(request)
    const { result } = JSON.parse(answer.text) as { result?: string }
    if (result === 'unfollowed' || result === 'accepted') stored++
    return answer
  }

  it.each(readEntries('webhooks', Sent))(
    '%s',
    async (_: string, entry: Entry<Sent>) => {
      const request = requestOf(entry.given)
      let answer = await send(request)
      for (let time = 1; time < entry.given.times; time++) answer = await send(request)
      expect(answer).toEqual({ status: entry.expected.outcome, text: answer.text })
      expectClear(entry, (JSON.parse(answer.text) as { message: string }).message)
      for (const secret of Object.values(hush)) expect(answer.text).not.toContain(`"${secret}"`)
    },
    60_000,
  )

  it('has stored nothing that it refused, and takes a genuine push after all of that', async () => {
    const body = JSON.stringify({ ref: 'refs/heads/main', before: 'a', after: 'b', repository: {} })
    const headers = { 'x-github-event': 'push', 'x-hub-signature-256': signGithub(hush.github, body) }
    expect(await codesource.send({ headers, body })).toMatchObject({ status: 200 })
    await eventually(() => codesource.told(deliveryReceived).length > stored)
    expect(codesource.told(deliveryReceived)).toHaveLength(stored + 1)
    expect(JSON.stringify(codesource.facts)).not.toContain('canary')
  }, 60_000)
})
