import { doors, namesOf } from '@k8or/rig'

describe('test/corpus/entries', () => {
  it('has a hundred entries and more, and some for every door', () => {
    const counts = doors.map((door) => namesOf(door).length)
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(8)
    expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(100)
  })

  it.each(doors)('holds nothing but entries for %s', (door) => {
    expect(namesOf(door).filter((name) => !/^[a-z0-9-]+\.yaml$/.test(name))).toEqual([])
  })
})
