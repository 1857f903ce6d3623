import { supervisorEnvironment, testWorker } from './config'

describe('test/rig/src/config', () => {
  it('lets a supervisor know in which test worker it was started', () => {
    expect(testWorker()).toBeGreaterThan(0)
    expect(supervisorEnvironment()).toMatchObject({ JEST_WORKER_ID: String(testWorker()) })
  })
})
