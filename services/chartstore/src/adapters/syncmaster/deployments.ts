import type { ApplicationRef } from '@k8or/contracts'
import { Applications } from '@k8or/contracts/rpc/syncmaster/v1/applications'
import type { Calls } from '@k8or/rpc'
import type { Deployments } from '../../domain/retention/archive'

/** What was deployed, asked of SyncMaster. */
export class SyncMasterDeployments implements Deployments {
  private readonly client

  constructor(calls: Calls) {
    this.client = calls.to('syncmaster', Applications)
  }

  async of({ namespace, name }: ApplicationRef, signal: AbortSignal): Promise<readonly number[]> {
    const { entries } = await this.client.history({ name: { namespace, name } }, { signal })
    return entries.map(({ release }) => Number(release))
  }
}
