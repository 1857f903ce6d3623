import { JobMarks } from './job-marks'

describe('libs/jobs/src/job-marks', () => {
  it('hands keys and waits on from the moment there are jobs, and drops what was marked before', async () => {
    const seen: string[] = []
    const marks = new JobMarks()
    marks.mark('early')
    await marks.later('early', 1, 'too soon')
    marks.join({
      mark: (key) => void seen.push(key),
      later: (key, delayMs, reason) => Promise.resolve(void seen.push(`${key} ${delayMs} ${reason}`)),
    })
    marks.mark('now')
    await marks.later('then', 20, 'a wait')
    expect(seen).toEqual(['now', 'then 20 a wait'])
  })
})
