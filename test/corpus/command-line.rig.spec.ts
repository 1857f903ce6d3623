import { expectClear, readEntries, removeDir, tempDir, type Entry } from '@k8or/rig'
import { Invocation, runCommand } from './src/run-command'

describe('test/corpus/command-line.rig', () => {
  it.concurrent.each(readEntries('command-line', Invocation))(
    '%s',
    async (_: string, entry: Entry<Invocation>) => {
      const dir = tempDir('corpus')
      const { code, out, complaints } = await runCommand(dir, entry.given).finally(() => removeDir(dir))
      expectClear(entry, `${complaints}${out}`)
      expect({ code, complaints }).toEqual({ code: entry.expected.outcome, complaints })
      if (code === 2) expect(out).toBe('')
    },
    120_000,
  )
})
