import { join } from 'node:path'
import { readEventOwners } from './event-owners.mjs'

const events = join(__dirname, '../../libs/contracts/src/events')

describe('tools/eslint-rules/event-owners', () => {
  it('gives each event the owner whose folder it stands in', () => {
    expect(readEventOwners(events)).toMatchObject({ releaseRendered: 'chartstore', revisionObserved: 'codesource' })
  })

  it('finds nothing where there are no contracts', () => {
    expect(readEventOwners(join(events, 'nobody'))).toEqual({})
  })
})
