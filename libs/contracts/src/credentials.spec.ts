import { holdsPem, tokenProblem } from './credentials'

describe('libs/contracts/src/credentials', () => {
  it.each(['', 'abc.DEF-123_~+/=', '!"#$%&'])('finds nothing wrong with the token %j', (token) => {
    expect(tokenProblem(token)).toBeUndefined()
  })

  it.each(['a b', 'a\n', '\ta', 'ä', '\x7f'])('knows %j for no token', (token) => {
    expect(tokenProblem(token)).toContain('that no token has')
  })

  it.each([
    ['-----BEGIN CERTIFICATE-----', true, false],
    ['-----BEGIN TRUSTED CERTIFICATE-----', true, false],
    ['-----BEGIN OPENSSH PRIVATE KEY-----', false, true],
    ['-----BEGIN PUBLIC KEY-----', false, false],
    ['a path', false, false],
  ])('knows what %j holds', (text, isCertificate, isKey) => {
    expect([holdsPem(text, 'CERTIFICATE'), holdsPem(text, 'PRIVATE KEY')]).toEqual([isCertificate, isKey])
  })
})
