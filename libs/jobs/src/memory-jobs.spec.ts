import { keepsTheContract } from './jobs-contract'
import { memoryJobs } from './memory-jobs'

describe('libs/jobs/src/memory-jobs', () => {
  keepsTheContract(memoryJobs)
})
