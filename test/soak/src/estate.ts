import { runsHealthy, type DrivenRepository, type KubeObject, type MeshDriver } from '@k8or/rig'

/** The type of the objects that are deployed. */
export const objectType = 'apps/v1/Deployment'
/** The namespace that they are deployed to. */
export const namespace = 'soak'
/** What is declared as `revisionHistoryLimit`: other values of it are changes by hand. */
export const declaredHistory = 1

/** One application, and where its manifests are. */
export interface Tenant {
  readonly name: string
  readonly repository: DrivenRepository
  readonly repositoryName: string
}

/** Declares applications of one Deployment each, spread over repositories; returns when all of them run. */
export async function declareEstate(
  driver: MeshDriver,
  { applications, repositories }: { readonly applications: number; readonly repositories: number },
): Promise<Tenant[]> {
  await driver.hub.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  const estates = await Promise.all(
    Array.from({ length: repositories }, (_, index) => {
      const share = Array.from({ length: applications }, (_, count) => count).filter(
        (count) => count % repositories === index,
      )
      return declareRepository(driver, `soak-${String(index + 1)}`, share)
    }),
  )
  const tenants = estates.flat()
  for (const { name } of tenants) await driver.application(name, (one) => runsHealthy(one), 120_000)
  return tenants
}

async function declareRepository(driver: MeshDriver, repositoryName: string, share: readonly number[]) {
  const repository = await driver.repository(repositoryName)
  const tenants = share.map((count) => ({ name: `web-${String(count + 1)}`, repository, repositoryName }))
  await repository.commit(Object.fromEntries(tenants.flatMap(({ name }) => Object.entries(manifest(name, 0)))))
  for (const { name } of tenants)
    await driver.declare({ name, repoUrl: repository.url, path: `apps/${name}`, namespace })
  return tenants
}

/** The files of an application at a number: each number is another image, so that pods are replaced. */
export function manifest(name: string, number: number): Record<string, string> {
  const labels = `{ app: ${name} }`
  return {
    [`apps/${name}/web.yaml`]: `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 1
  revisionHistoryLimit: ${String(declaredHistory)}
  selector: { matchLabels: ${labels} }
  template:
    metadata: { labels: ${labels} }
    spec: { containers: [{ name: main, image: "soak/web:${String(number)}" }] }
`,
  }
}

/** What an object shows of the number that was pushed, and whether somebody has changed it by hand. */
export function stateOf({ spec }: KubeObject): { readonly number: number; readonly isByHand: boolean } {
  const { revisionHistoryLimit, template } = spec as DeploymentSpec
  const image = template.spec.containers[0]?.image ?? ''
  return { number: Number(image.split(':')[1]), isByHand: revisionHistoryLimit !== declaredHistory }
}

interface DeploymentSpec {
  readonly revisionHistoryLimit: number
  readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } }
}
