import { Command } from 'commander'
import { services, type ServiceName } from '@k8or/contracts'
import { describeSettings } from '@k8or/shell'
import { ZodError } from 'zod'
import { bootstrapBus } from './bootstrap/bus'
import { loadBootstrapConfig, type BootstrapConfig } from './bootstrap/config'
import { KeptSecrets } from './bootstrap/kept-secrets'
import { bootstrapPki } from './bootstrap/pki'
import { runOneService } from './standalone/run-one-service'
import { runStandalone } from './standalone/run-standalone'

/** The commands that run the mesh itself; loaded only for them, because they load every service. */
export async function runMeshCommand(argv: readonly string[]): Promise<void> {
  const program = new Command('k8or')
  program
    .command('bootstrap')
    .option('--pki', 'only the authority, certificates and tokens; needs no bus')
    .option('--bus', 'only the streams, durables and buckets of the bus')
    .action(({ pki, bus }: { pki?: true; bus?: true }) => bootstrap({ pki: pki ?? !bus, bus: bus ?? !pki }))
  program.command('standalone').action(runStandalone)
  program.command('service <name>').action((name: string) => runOneService(serviceNamed(name)))
  await program.parseAsync(argv)
}

async function bootstrap({ pki, bus }: { pki: boolean; bus: boolean }): Promise<void> {
  const config = settings()
  if (pki) await keptInSecrets(config, () => bootstrapPki(config))
  if (bus) await bootstrapBus(config)
}

/** In a cluster what is made goes on from Secrets, and into them. */
async function keptInSecrets({ secrets, stateDir }: BootstrapConfig, make: () => Promise<void>): Promise<void> {
  if (!secrets) return make()
  const { openHub } = await import('@k8or/accesspoint')
  const hub = await openHub(secrets.hubKubeconfig)
  try {
    const kept = new KeptSecrets(hub, secrets, stateDir)
    await kept.restore()
    await make()
    await kept.keep()
  } finally {
    await hub.close()
  }
}

function serviceNamed(name: string): ServiceName {
  const found = services.find((service) => service === name)
  if (!found) throw new Error(`no service is called ${name}: there are ${services.join(', ')}`)
  return found
}

function settings(): BootstrapConfig {
  try {
    return loadBootstrapConfig()
  } catch (cause) {
    throw cause instanceof ZodError ? new Error(describeSettings(cause), { cause }) : cause
  }
}
