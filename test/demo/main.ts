import { MeshDriver, startMesh, tempDir, type Mesh } from '@k8or/rig'
import { demoConfig } from './src/config'
import { firstAct } from './src/first-act'
import { Narrator } from './src/narrator'

async function main(): Promise<void> {
  const { leaveWhenDone, mode } = demoConfig()
  const narrator = new Narrator((text) => process.stdout.write(text))
  const ended = untilInterrupted()
  narrator.act('k8or mesh: the demo')
  const mesh = await narrator.expect(
    'a real API server with nodes, NATS, Redis, a git server and the mesh are up',
    startMesh({ dir: tempDir('demo'), mode, clusters: 0 }),
  )
  try {
    await Promise.race([play(mesh, narrator, leaveWhenDone), ended.then(() => undefined)])
    if (!leaveWhenDone) await ended
  } finally {
    narrator.say('everything is stopped and removed')
    await mesh.stop()
  }
}

async function play(mesh: Mesh, narrator: Narrator, leaveWhenDone: boolean): Promise<void> {
  const driver = new MeshDriver(mesh.env)
  try {
    await firstAct(driver, narrator)
  } finally {
    await driver.close()
  }
  if (!leaveWhenDone) {
    narrator.act('It stays up until Ctrl-C. Try it:')
    narrator.show(
      `export KUBECONFIG=${driver.value('KUBECONFIG')}\nkubectl get applications -n argocd\nbin/k8or app list`,
    )
  }
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}

main().catch((error: unknown) => {
  process.stderr.write(`\nthe demo did not go as told: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
