import fc from 'fast-check'
import { PacketReader, packets, textOf, type Packet } from './pkt-line'

describe('services/codesource/src/adapters/git/smart-http/pkt-line', () => {
  it('writes lines with their lengths', () => {
    expect(packets('command=ls-refs', 'delimiter', 'peel', 'flush')).toBe('0014command=ls-refs\n00010009peel\n0000')
  })

  it('reads what it wrote, however it is cut', () => {
    const line = fc.string({ minLength: 1 }).filter((text) => !text.endsWith('\n') && !/^(flush|delimiter)$/.test(text))
    fc.assert(
      fc.property(fc.array(line), fc.integer({ min: 1, max: 9 }), (lines, size) => {
        const bytes = Buffer.from(packets(...lines, 'flush'))
        const reader = new PacketReader()
        const read: Packet[] = []
        for (let at = 0; at < bytes.length; at += size)
          reader.take(bytes.subarray(at, at + size), (one) => read.push(one))
        expect(read.map((one) => (Buffer.isBuffer(one) ? textOf(one) : one))).toEqual([...lines, 'flush'])
        expect(reader.isEmpty).toBe(true)
      }),
    )
  })

  it('refuses what is no packet', () => {
    const take = (text: string) => () => new PacketReader().take(Buffer.from(text), () => undefined)
    expect(take('<html>')).toThrow('not in packet lines')
    expect(take('0003')).toThrow('3 bytes')
    expect(take('fff5')).toThrow('65525 bytes')
  })

  it('takes any bytes apart, or says that they are no packets, and loses none', () => {
    const head = fc.constantFrom(
      '0000',
      '0001',
      '0002',
      '0003',
      '0004',
      '0005a',
      '0009abcde',
      'ffff',
      'fff0',
      'zzzz',
      '000',
    )
    const bytes = fc.oneof(
      fc.uint8Array().map((all) => Buffer.from(all)),
      fc.array(head).map((all) => Buffer.from(all.join(''))),
    )
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 9 }), (all, size) => {
        const reader = new PacketReader()
        let taken = 0
        try {
          for (let at = 0; at < all.length; at += size)
            reader.take(all.subarray(at, at + size), (one) => (taken += Buffer.isBuffer(one) ? one.length + 4 : 4))
          expect(taken).toBeLessThanOrEqual(all.length)
          if (reader.isEmpty) expect(taken).toBe(all.length)
        } catch (error) {
          expect((error as Error).message).toMatch(/^(the answer is not in packet lines|a packet line can not have)/)
        }
      }),
    )
  })
})
