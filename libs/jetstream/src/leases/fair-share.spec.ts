import * as fc from 'fast-check'
import { fairShare } from './fair-share'

const buckets = 64
const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 9 })
const holdings = (holders: readonly string[]) =>
  fc
    .array(fc.option(fc.constantFrom(...holders, 'gone')), { minLength: buckets, maxLength: buckets })
    .map((owners) => new Map(owners.flatMap((owner, bucket) => (owner === null ? [] : [[bucket, owner] as const]))))
const situations = names.chain((holders) => holdings(holders).map((held) => ({ holders, held })))

const countOf = (shares: ReadonlyMap<number, string>, holder: string): number =>
  [...shares.values()].filter((owner) => owner === holder).length

describe('libs/jetstream/src/leases/fair-share', () => {
  it('gives every bucket to exactly one live holder, and nobody more than one more than anybody else', () => {
    fc.assert(
      fc.property(situations, ({ holders, held }) => {
        const shares = fairShare(buckets, holders, held)
        expect([...shares.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: buckets }, (_, n) => n))
        const counts = holders.map((holder) => countOf(shares, holder))
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('moves nothing once it is fair, and comes to the same answer whoever asks', () => {
    fc.assert(
      fc.property(situations, ({ holders, held }) => {
        const shares = fairShare(buckets, holders, held)
        expect(fairShare(buckets, holders, shares)).toEqual(shares)
        expect(fairShare(buckets, holders.toReversed(), held)).toEqual(shares)
      }),
    )
  })

  it('takes from a live holder only what is beyond its share', () => {
    fc.assert(
      fc.property(situations, ({ holders, held }) => {
        const shares = fairShare(buckets, holders, held)
        for (const holder of holders) {
          const before = [...held].filter(([, owner]) => owner === holder).map(([bucket]) => bucket)
          const kept = before.filter((bucket) => shares.get(bucket) === holder)
          expect(kept).toHaveLength(Math.min(before.length, countOf(shares, holder)))
        }
      }),
    )
  })

  it('reaches a fair state from any, when each holder acts by itself on what it sees', () => {
    fc.assert(
      fc.property(situations, fc.array(fc.nat(), { maxLength: 20 }), ({ holders, held }, turns) => {
        const rows = new Map([...held].filter(([, owner]) => owner !== 'gone'))
        for (const turn of turns) act(holders[turn % holders.length]!, holders, rows)
        for (let round = 0; round < 4; round++) for (const holder of holders) act(holder, holders, rows)
        expect(rows).toEqual(fairShare(buckets, holders, rows))
      }),
    )
  })

  it('gives nothing to nobody', () => {
    expect(fairShare(buckets, [], new Map([[1, 'gone']])).size).toBe(0)
  })
})

/** What a holder does in a round: gives back what others should have, takes what is free and its own. */
function act(me: string, holders: readonly string[], rows: Map<number, string>): void {
  const shares = fairShare(buckets, holders, rows)
  for (const [bucket, owner] of [...rows]) if (owner === me && shares.get(bucket) !== me) rows.delete(bucket)
  for (const [bucket, owner] of shares) if (owner === me && !rows.has(bucket)) rows.set(bucket, me)
}
