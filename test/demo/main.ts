import { MeshDriver, removeDir, startMesh, tempDir, type Mesh } from '@k8or/rig'
import { demoConfig } from './src/config'
import { firstAct } from './src/first-act'
import { interruption, InterruptedError, untilInterrupted } from './src/interruption'
import { Narrator } from './src/narrator'

type DemoConfig = ReturnType<typeof demoConfig>

async function main(): Promise<void> {
  const config = demoConfig()
  const interrupted = interruption()
  const narrator = new Narrator((text) => process.stdout.write(text), interrupted)
  narrator.act('k8or mesh: the demo')
  const dir = tempDir('demo')
  const began = performance.now()
  const mesh = await startMesh({ dir, mode: config.mode, clusters: 0 })
  try {
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    narrator.say(`a real API server with nodes, NATS, Redis, a git server and the mesh are up (${seconds} s)`)
    await play(mesh, narrator, config)
    if (!config.leaveWhenDone) await untilInterrupted(interrupted)
  } finally {
    await mesh.stop()
    removeDir(dir)
    narrator.say('everything is stopped and removed')
  }
}

async function play(mesh: Mesh, narrator: Narrator, { leaveWhenDone, patienceMs }: DemoConfig): Promise<void> {
  const driver = new MeshDriver(mesh.env)
  try {
    await firstAct({ driver, narrator, patienceMs, namespace: 'default', image: (version) => `shop/web:${version}` })
  } finally {
    await driver.close()
  }
  if (leaveWhenDone) return
  narrator.act('It stays up until Ctrl-C. Try it:')
  narrator.show(
    `export KUBECONFIG=${driver.value('KUBECONFIG')}\nkubectl get applications -n argocd\nbin/k8or app list`,
  )
}

main().catch((error: unknown) => {
  const isInterrupted = error instanceof InterruptedError
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(`\n${isInterrupted ? 'the demo was' : 'the demo did not go as told:'} ${text}\n`)
  process.exitCode = isInterrupted ? error.exitCode : 1
})
