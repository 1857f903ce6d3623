import { composeRelease, type RenderMeans } from '@k8or/chartstore/domain'
import { DeclaredSource } from '@k8or/contracts'
import { Content, expectClear, type Entry } from '@k8or/rig'
import { z } from 'zod'
import { MemoryTrees } from './memory-trees'

/** Files of a repository, and how an Application has them rendered. */
export const Rendered = z.strictObject({
  files: z.record(z.string(), Content),
  /** What its source says besides where it is. */
  source: z.record(z.string(), z.unknown()).default({}),
})
export type Rendered = z.infer<typeof Rendered>

/** Renders as ChartStore does, for an application `shop`, from the folder `app` unless another is named. */
export async function renderEntry(entry: Entry<Rendered>, renderer: RenderMeans['renderer']): Promise<void> {
  const { files, source } = entry.given
  const repoURL = 'https://git.example/shop.git'
  const declared = DeclaredSource.parse({ repoURL, path: 'app', targetRevision: 'main', ...source })
  const { path, targetRevision } = declared
  const resolved = { repoURL: declared.repoURL, path, targetRevision, revision: 'c'.repeat(40), tree: 'tree' }
  const capabilities = () => Promise.resolve({ kubeVersion: 'v1.36.3', apiVersions: [] })
  const target = { instance: 'shop', project: 'default', namespace: 'shop', cluster: 'in-cluster', capabilities }
  const release = await composeRelease([{ declared, resolved }], { trees: new MemoryTrees(files), renderer, target })
  if ('problems' in release) {
    expectClear(entry, release.problems.map(({ message }) => message).join('\n'))
    const [problem] = release.problems
    expect({ outcome: problem?.reason }).toEqual({ outcome: entry.expected.outcome })
  } else {
    expect(entry.expected.outcome).toBe('rendered')
    const warnings = release.warnings.map(({ message }) => message)
    expectClear(entry, [...warnings, release.manifests].join('\n').slice(0, 1_900))
  }
}
