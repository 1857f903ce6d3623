import { readEntries } from '@k8or/rig'
import { renderEntry, Rendered } from './src/render-entry'

const nobody = { render: () => Promise.reject(new Error('plain files need no renderer')) }

describe('test/corpus/manifests', () => {
  it.each(readEntries('manifests', Rendered))('%s', async (_, entry) => {
    await renderEntry(entry, nobody)
  })
})
