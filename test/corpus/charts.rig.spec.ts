import { RenderPool } from '@k8or/chartstore/renderer'
import { builtServer, readEntries, type Entry } from '@k8or/rig'
import { renderEntry, Rendered } from './src/render-entry'

describe('test/corpus/charts.rig', () => {
  const limits = { count: 1, timeoutMs: 10_000, idleMs: 60_000, maxBytes: 4 << 20 }
  const renderer = new RenderPool({ program: builtServer('render-host'), ...limits })
  afterAll(() => renderer.stop())

  describe.each(['charts', 'kustomizations'] as const)('%s', (door) => {
    it.each(readEntries(door, Rendered))(
      '%s',
      async (_, entry: Entry<Rendered>) => {
        await renderEntry(entry, renderer)
      },
      60_000,
    )
  })
})
