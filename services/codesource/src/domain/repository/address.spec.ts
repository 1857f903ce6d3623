import fc from 'fast-check'
import { refusedAddress, refusedHost } from './address'

const strict = { allowLoopback: false }

describe('services/codesource/src/domain/repository/address', () => {
  it.each(['10.0.0.1', '192.168.1.4', '140.82.121.4', '2606:50c0:8000::153', 'fd12:3456::1', '::ffff:10.0.0.1'])(
    'lets %s through',
    (address) => expect(refusedAddress(address, strict)).toBeUndefined(),
  )

  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.8.8.8', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['2002:7f00:1::', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['::', 'unspecified'],
    ['169.254.169.254', 'link-local'],
    ['::ffff:169.254.169.254', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['fd00:ec2::254', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['239.1.1.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['1.2.3', 'not an address'],
    ['1:2:3', 'not an address'],
  ])('refuses %s', (address, why) => {
    expect(refusedAddress(address, strict)).toContain(why)
  })

  it('lets the loopback through only where it is allowed, and nothing else with it', () => {
    const loose = { allowLoopback: true }
    expect(refusedAddress('127.0.0.1', loose)).toBeUndefined()
    expect(refusedAddress('::1', loose)).toBeUndefined()
    expect(refusedAddress('169.254.169.254', loose)).toContain('link-local')
  })

  it('refuses the names of metadata services', () => {
    expect(refusedHost('metadata.google.internal.')).toContain('metadata')
    expect(refusedHost('git.example')).toBeUndefined()
  })

  it('judges an address alike in every dress of IPv6', () => {
    const byte = fc.nat(255)
    fc.assert(
      fc.property(fc.tuple(byte, byte, byte, byte), fc.boolean(), (bytes, allowLoopback) => {
        const plain = bytes.join('.')
        const [high, low] = [bytes.slice(0, 2), bytes.slice(2)].map((two) => Buffer.from(two).toString('hex'))
        const isRefused = refusedAddress(plain, { allowLoopback }) !== undefined
        for (const dressed of [
          `::ffff:${plain}`,
          `::ffff:${high}:${low}`,
          `64:ff9b::${plain}`,
          `2002:${high}:${low}::`,
        ])
          expect([dressed, refusedAddress(dressed, { allowLoopback }) !== undefined]).toEqual([dressed, isRefused])
      }),
    )
  })
})
