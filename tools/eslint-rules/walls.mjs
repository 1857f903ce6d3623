const domain = { in: ['services/*/src/domain/**'], except: ['**/*.spec.ts'] }

const ioModules = [
  ...['@nestjs', '@nats-io', '@connectrpc', 'bullmq', 'ioredis', '@kubernetes/client-node', 'undici', 'simple-git'],
  ...['node:fs', 'node:net', 'node:tls', 'node:dgram', 'node:dns', 'node:http', 'node:https', 'node:http2'],
  ...['node:child_process', 'node:worker_threads', 'node:cluster', 'node:process', 'node:timers', 'node:os'],
]

/**
 * Where a package may be imported. `imports` names packages, scopes or patterns; `paths` names files of our own.
 * A wall stands everywhere, or only `in` some folders, `except` in others.
 */
export const walls = [
  {
    name: 'pure-domain',
    ...domain,
    imports: ioModules,
    why: 'domain/ decides and does no I/O; put the call behind a port in domain/ports.ts and implement it in adapters/',
  },
  {
    name: 'domain-knows-no-adapter',
    ...domain,
    paths: ['**/adapters', '**/adapters/**', '**/{app.module,config,signals}{,.ts}'],
    why: 'adapters depend on the domain, never the reverse; name what you need as a port',
  },
  {
    name: 'domain-libs',
    ...domain,
    imports: ['@k8or'],
    unless: ['@k8or/contracts', '@k8or/kube-objects', '@k8or/outcome', '@k8or/projects'],
    why: 'of our own packages domain/ may use only @k8or/contracts, @k8or/kube-objects, @k8or/outcome and @k8or/projects',
  },
  {
    name: 'bus',
    imports: ['@nats-io', 'nats'],
    except: ['libs/jetstream/**', 'test/**'],
    why: 'facts travel through @k8or/jetstream (publisher, @OnFact, key-value views)',
  },
  {
    name: 'nest-microservices',
    imports: ['@nestjs/microservices'],
    except: ['libs/jetstream/**', 'libs/shell/**'],
    why: 'handlers use @OnFact of @k8or/jetstream; Nest’s own transports acknowledge nothing',
  },
  {
    name: 'queue',
    imports: ['bullmq', 'ioredis', 'redis'],
    except: ['libs/jobs/**', 'test/rig/**'],
    why: 'work inside a service goes through @k8or/jobs',
  },
  {
    name: 'rpc',
    imports: ['@connectrpc'],
    except: ['libs/rpc/**', 'services/*/src/adapters/rpc/**'],
    why: 'calls go through @k8or/rpc, which sets deadline, identity and error codes; services serve them in adapters/rpc/',
  },
  {
    name: 'cluster-client',
    imports: ['@kubernetes/client-node'],
    except: ['services/accesspoint/src/adapters/kubernetes/**', 'test/rig/**'],
    why: 'only AccessPoint dials an API server; everybody else uses @k8or/cluster-client',
  },
  {
    name: 'raw-http',
    imports: ['undici'],
    except: ['services/accesspoint/src/adapters/**', 'libs/cluster-client/**', 'libs/rpc/**', 'test/**'],
    why: 'clusters are reached through @k8or/cluster-client and services through @k8or/rpc',
  },
  {
    name: 'environment',
    imports: ['node:process'],
    except: ['**/config.ts', 'tools/**', 'test/**', '*'],
    why: 'settings are read once, in config.ts',
  },
  {
    name: 'service-domain-door',
    imports: ['/^@k8or/[^/]+/(domain|renderer|fault-points)$/'],
    except: ['hosts/**', 'test/bench/**', 'test/corpus/**', 'test/e2e/src/faults/**'],
    why: 'a service’s domain, what renders, and where it can be killed are open to hosts/ alone (and to be measured and tried)',
  },
  {
    name: 'one-door',
    imports: ['/^@k8or/[^/]+/.+/'],
    unless: [
      '/^@k8or/[^/]+/(domain|renderer|fault-points)$/',
      '/^@k8or/[^/]+/package\\.json$/',
      '/^@k8or/contracts/rpc/[a-z]+/v[0-9]+/[a-z_]+$/',
    ],
    why: 'a package has one door, its index; export the name there',
  },
]
