import { commitMessage, readTrailers } from './message'
import type { CommitRequest } from './request'

const asked = (operation: string, message: string, causes: string[]): CommitRequest => {
  return { operation, message, causes, edits: [], actor: '', correlationId: '', traceparent: undefined }
}

describe('services/codesource/src/domain/commit/message', () => {
  it('says what one request says, with its operation and causes as trailers', () => {
    const message = commitMessage([asked('op/1', 'Update web to v2\n\nbecause\n', ['f/1'])])
    expect(message).toBe('Update web to v2\n\nbecause\n\nK8or-Operation: op/1\nK8or-Cause: f/1\n')
  })

  it('lists the requests of a batch, and finds them again', () => {
    const message = commitMessage([asked('op/1', 'one', ['f/1']), asked('op/2', 'two\n\nmore', ['f/1', 'f/2'])])
    expect(message).toMatch(/^one and 1 more\n\n- one\n- two\n\nK8or-/)
    expect(readTrailers(message)).toEqual({ operations: ['op/1', 'op/2'], causes: ['f/1', 'f/2'] })
  })
})
