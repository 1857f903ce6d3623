import { removeDir, startMesh, tempDir, type Mesh } from '@k8or/rig'
import { askOn } from './src/ask'
import { demoConfig } from './src/config'
import { firstAct } from './src/first-act'
import { Fleet } from './src/fleet'
import { ownGround, type Ground } from './src/ground'
import { interruption, InterruptedError, untilInterrupted } from './src/interruption'
import { Narrator } from './src/narrator'
import { somebodysGround } from './src/somebodys-ground'
import { wholeStory } from './src/whole-story'

type DemoConfig = ReturnType<typeof demoConfig>

async function main(): Promise<void> {
  const config = demoConfig()
  const write = (text: string): void => void process.stdout.write(text)
  const interrupted = interruption()
  const narrator = new Narrator(process.stdout, interrupted)
  narrator.act('k8or mesh: the demo')
  const dir = tempDir('demo')
  const { kubeconfig } = config
  const ask = askOn(process.stdin, write, config.isAgreed)
  const ground = kubeconfig === undefined ? ownGround : await somebodysGround(kubeconfig, dir, ask)
  try {
    await playOn(ground, dir, narrator, config, interrupted)
  } finally {
    await ground.clear()
    removeDir(dir)
    narrator.say('everything is stopped and removed')
  }
}

async function playOn(
  ground: Ground,
  dir: string,
  narrator: Narrator,
  config: DemoConfig,
  interrupted: AbortSignal,
): Promise<void> {
  const began = performance.now()
  const fleet = new Fleet()
  const mesh = await startMesh({ dir, mode: config.mode, clusters: 0, registry: true, ...ground.mesh })
  try {
    if (isWhole(ground, config)) fleet.begin(dir)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    const started = ground.mesh.hub ? 'NATS' : 'a real API server with nodes, NATS'
    narrator.say(`${started}, Redis, a git server and the mesh are up (${seconds} s)`)
    await play({ mesh, fleet, ground }, narrator, config)
    if (!config.leaveWhenDone) await untilInterrupted(interrupted)
  } finally {
    await mesh.stop()
    await fleet.stop()
  }
}

/** Nobody's own cluster is joined by others that end with the demo. */
function isWhole(ground: Ground, { acts }: DemoConfig): boolean {
  return ground === ownGround && acts === 'all'
}

interface Theatre {
  readonly mesh: Mesh
  readonly fleet: Fleet
  readonly ground: Ground
}

async function play({ mesh, fleet, ground }: Theatre, narrator: Narrator, config: DemoConfig): Promise<void> {
  const { leaveWhenDone, patienceMs } = config
  const driver = await ground.drive(mesh.env)
  const stage = { ...ground, driver, narrator, patienceMs }
  try {
    await firstAct(stage)
    if (isWhole(ground, config)) await wholeStory(stage, mesh, fleet)
  } finally {
    await driver.close()
  }
  if (leaveWhenDone) return
  narrator.act('It stays up until Ctrl-C. Try it:')
  const list = `kubectl get applications -n ${driver.value('K8OR_APP_NAMESPACE')}`
  narrator.show(`export KUBECONFIG='${driver.value('KUBECONFIG')}'\n${list}\nbin/k8or app list`)
}

main().catch((error: unknown) => {
  const isInterrupted = error instanceof InterruptedError
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(`\n${isInterrupted ? 'the demo was' : 'the demo did not go as told:'} ${text}\n`)
  process.exitCode = isInterrupted ? error.exitCode : 1
})
