import type { GetResponse, ObjectResult, Resource } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import { kindOf, nameOf } from '../output/words'

const named = 3

/** What an operation is doing, in a few words: which wave of how many it is in, and what it waits for. */
export function describeProgress({ application, resources, results }: GetResponse): string {
  if (application?.phase === 'Terminating') return 'terminating'
  if (application?.phase !== 'Running') return ''
  const awaited = results.filter(({ phase }) => phase === 'Running')
  if (awaited.length === 0) return application.message === '' ? 'syncing' : `syncing: ${application.message}`
  const waves = [...new Set(resources.map(({ wave }) => wave))].sort((a, b) => a - b)
  const present = Math.max(...awaited.map((result) => waveOf(result, resources)))
  const names = awaited.slice(0, named).map((result) => `${kindOf(result)} ${nameOf(result)}`)
  const more = awaited.length > named ? ` and ${awaited.length - named} more` : ''
  return `wave ${present} (${waves.indexOf(present) + 1} of ${waves.length}) awaits ${names.join(', ')}${more}`
}

function waveOf(result: ObjectResult, resources: readonly Resource[]): number {
  const isIt = (resource: Resource): boolean =>
    kindOf(resource) === kindOf(result) && nameOf(resource) === nameOf(result)
  return resources.find(isIt)?.wave ?? 0
}
