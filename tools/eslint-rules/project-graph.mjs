import { isMainThread } from 'node:worker_threads'

/**
 * The rule for module boundaries reads Nx's cached project graph and skips itself when there is none, so the graph is
 * made, or brought up to date, whenever the configuration is loaded.
 */
export async function refreshProjectGraph(root) {
  if (!isMainThread) return
  process.env.NX_DAEMON = 'false'
  process.env.NX_WORKSPACE_ROOT_PATH = root
  const { createProjectGraphAsync } = await import('@nx/devkit')
  await createProjectGraphAsync({ exitOnError: false })
}
