import { createHash } from 'node:crypto'
import { isMainThread } from 'node:worker_threads'

/**
 * The rule for module boundaries reads Nx's cached project graph and skips itself when there is none, so the graph is
 * made, or brought up to date, whenever the configuration is loaded. Answers a digest of projects and their tags: as
 * the version of the plugin it empties ESLint's cache when a tag changes.
 */
export async function refreshProjectGraph(root) {
  process.env.NX_DAEMON = 'false'
  process.env.NX_WORKSPACE_ROOT_PATH = root
  const { createProjectGraphAsync, readCachedProjectGraph } = await import('@nx/devkit')
  const graph = isMainThread ? await createProjectGraphAsync({ exitOnError: false }) : readCachedProjectGraph()
  const tags = Object.values(graph.nodes).map(({ name, data }) => [name, data.root, data.tags])
  return createHash('sha256').update(JSON.stringify(tags.sort())).digest('hex').slice(0, 12)
}
