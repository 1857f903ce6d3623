import { gitEnvironment } from '@k8or/rig'
import { join } from 'node:path'
import { Addresses } from '../src/adapters/git/addresses'
import { GitMirrors, type GitMirrorsParts } from '../src/adapters/git/git-mirrors'
import { HostLimits } from '../src/adapters/git/host-limits'
import { RunningReaders } from '../src/adapters/git/object-reader'
import { Routes, type RoutesParts } from '../src/adapters/git/route'
import { SecretFiles } from '../src/adapters/git/secret-files'
import { Connections } from '../src/adapters/git/smart-http/connections'
import { noAccess } from '../src/domain/repository/access'

/** Real mirrors, and what they are made of. */
export interface OpenedMirrors {
  readonly dir: string
  readonly parts: GitMirrorsParts
  readonly mirrors: GitMirrors
}

/** Mirrors in a folder, as a service has them; hosts are on the loopback, and need no credentials. */
export function mirrorsIn(dir: string, routes: Partial<RoutesParts> = {}, maxBytes = 1 << 30): OpenedMirrors {
  const parts = {
    ...{ dir, place: { path: gitEnvironment()['PATH'] ?? '', home: dir }, maxBytes },
    ...{ readers: new RunningReaders(4), hosts: new HostLimits({ perHost: 4, unprovenPerHost: 2, total: 8 }) },
    routes: new Routes({
      credentials: { of: async () => noAccess },
      addresses: new Addresses({ allowLoopback: true }),
      ...{ files: new SecretFiles(join(dir, 'secrets')), connections: new Connections() },
      ...routes,
    }),
  }
  return { dir, parts, mirrors: new GitMirrors(parts) }
}
