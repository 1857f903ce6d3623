import * as accesspoint from '@k8or/accesspoint'
import * as chartstore from '@k8or/chartstore'
import * as codesource from '@k8or/codesource'
import type { ServiceName } from '@k8or/contracts'
import * as insighthub from '@k8or/insighthub'
import { runService } from '@k8or/shell'
import * as syncmaster from '@k8or/syncmaster'
import { ownIdentity } from './own-identity'

const programs: Readonly<Record<ServiceName, () => Promise<void>>> = {
  accesspoint: () =>
    runService({
      name: 'accesspoint',
      ...accesspoint,
      identity: (config, log) => ownIdentity('accesspoint', config, log),
    }),
  codesource: () => runService({ name: 'codesource', ...codesource }),
  chartstore: () => runService({ name: 'chartstore', ...chartstore }),
  syncmaster: () => runService({ name: 'syncmaster', ...syncmaster }),
  insighthub: () => runService({ name: 'insighthub', ...insighthub }),
}

/** Runs one service in this process. */
export function runOneService(name: ServiceName): Promise<void> {
  return programs[name]()
}
