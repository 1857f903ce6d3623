import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'
import { digestOfTree, hasStamp, writeStamp } from './stamp.mjs'

const inputs = [
  'libs',
  'services',
  'hosts',
  'tools/bundle.mjs',
  'tools/swc-options.cjs',
  'package-lock.json',
  'tsconfig.json',
]

/** The bundle of the mesh, wanted when its sources have changed. */
export function bundleTask(root, npm) {
  const script = join(root, 'tools/bundle.mjs')
  const stamp = join(root, '.cache/bundle.stamp')
  const digest = () => digestOfTree(root, inputs)
  const task = {
    needs: [npm],
    isDone: () => !existsSync(script) || (existsSync(join(root, 'dist/k8or.cjs')) && hasStamp(stamp, digest())),
    text: () => (task.startedAt ? 'bundling the mesh' : ''),
    secondsLeft: () => 8,
    async run() {
      const before = digest()
      const node = join(root, 'node_modules/node/bin/node')
      await run(node, [script], { cwd: root, advice: 'the sources do not build: `make check` tells where' })
      writeStamp(stamp, before)
    },
  }
  return task
}
