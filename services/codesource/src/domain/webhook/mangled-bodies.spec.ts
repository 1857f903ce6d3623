import { DeliveryReceived } from '@k8or/contracts'
import { mangled, pushPayload } from '@k8or/rig'
import fc from 'fast-check'
import type { ProviderId } from './provider-id'
import { providers } from './providers'
import { MalformedDeliveryError } from './webhook'

const push = { repoUrl: 'https://git.example/team/app.git', after: 'b'.repeat(40) }
const digest = `sha256:${'a'.repeat(64)}`
const event = {
  ...{ id: 'e', action: 'push', request: { host: 'r:5000' } },
  target: { repository: 'web', tag: 'v2', digest, url: 'https://r:5000/v2/web' },
}
const attributes = { specversion: '1.0', id: '1', source: '/ci', time: '2026-01-01T00:00:00Z' }
const built = { image: 'r:5000/web', tag: 'v2', digest, builtAt: '2026-01-01T00:00:00Z', repository: push.repoUrl }
const artifact = { subject: { id: `pkg:oci/web@${encodeURIComponent(digest)}?repository_url=r/shop&tag=v1` } }
const project = {
  git_http_url: push.repoUrl,
  git_ssh_url: 'git@git.example:team/app.git',
  web_url: 'https://git.example',
}
const cloudEvents = { 'content-type': 'application/cloudevents+json' }

const cases: [ProviderId, headers: Record<string, string>, body: unknown][] = [
  ['github', { 'x-github-event': 'push' }, pushPayload(push)],
  ['github', { 'x-github-event': 'ping' }, { repository: { clone_url: push.repoUrl } }],
  ['gitlab', { 'x-gitlab-event': 'Push Hook' }, { object_kind: 'push', ref: 'refs/heads/main', after: 'b', project }],
  ['registry', {}, { events: [event, { ...event, action: 'pull' }] }],
  ['ci', cloudEvents, { ...attributes, type: 'image.built', data: built }],
  ['ci', cloudEvents, { ...attributes, type: 'dev.cdevents.artifact.published.0.2.0', data: artifact }],
]

describe('services/codesource/src/domain/webhook/mangled-bodies', () => {
  const read = (id: ProviderId, headers: Record<string, string>, body: Buffer) => {
    try {
      const delivery = providers[id].read({ headers, body })
      if ('ignored' in delivery) return
      DeliveryReceived.parse({ ...delivery, provider: id })
      expect(JSON.stringify(delivery).length).toBeLessThan(100_000)
    } catch (error) {
      expect(error).toBeInstanceOf(MalformedDeliveryError)
    }
  }

  it.each(cases)('reads a payload of %s %j, or says what is wrong with it', (id, headers, body) => {
    fc.assert(
      fc.property(mangled(body), (wrong) => {
        read(id, headers, Buffer.from(JSON.stringify(wrong)))
      }),
    )
  })

  it.each(cases)('reads bytes as %s %j, or says what is wrong with them', (id, headers, body) => {
    const text = Buffer.from(JSON.stringify(body))
    const cut = fc.tuple(fc.nat(text.length), fc.uint8Array({ maxLength: 8 }), fc.nat(text.length))
    fc.assert(
      fc.property(cut, ([end, bytes, begin]) => {
        read(id, headers, Buffer.concat([text.subarray(0, end), bytes, text.subarray(begin)]))
      }),
    )
  })
})
