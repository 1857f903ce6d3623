import { describeRefusal } from './refusal'

const url = 'https://mesh'

describe('hosts/k8or/src/client/mesh/refusal', () => {
  it('takes over what a service says, with the next step', () => {
    const refused = describeRefusal(404, '{"code":"not_found","message":"there is no application x"}', url)
    expect(refused).toMatchObject({
      message: 'there is no application x',
      code: 'not_found',
      nextStep: 'see `k8or app list`',
    })
  })

  it.each([
    ['cluster edge does not answer (since 2026-11-21T09:40:01Z): connect ECONNREFUSED', /k8or cluster list/],
    ['syncmaster can not be asked now: fetch failed', /a service of the mesh is down/],
    ['the Applications of the hub are not known yet', /^try again in a moment$/],
  ])('tells a cluster that is away from a service that is: %s', (message, nextStep) => {
    const refused = describeRefusal(503, JSON.stringify({ code: 'unavailable', message }), url)
    expect(refused.message).toBe(message)
    expect(refused.nextStep).toMatch(nextStep)
  })

  it.each([
    [401, '', 'https://mesh does not accept the token', 'check K8OR_TOKEN'],
    [503, '<html>', 'https://mesh answered 503', 'a service of the mesh is down; try again in a moment'],
    [418, '{}', 'https://mesh answered 418', undefined],
  ])('makes sense of %d without one', (status, text, message, nextStep) => {
    expect(describeRefusal(status, text, url)).toMatchObject({ message, nextStep })
  })
})
