/** Words of the language that have one place, or none. Each message says where to go instead. */
export const syntax = [
  {
    selector: 'ExportAllDeclaration',
    message: 'export explicit names: the index of a package is its list of promises (rule 6)',
  },
  {
    selector: "MemberExpression[object.name='Transport'][property.name=/^(NATS|REDIS|TCP|MQTT|RMQ|KAFKA|GRPC)$/]",
    message: 'Nest’s own transports are not used: facts go through @k8or/jetstream, calls through @k8or/rpc',
  },
]

export const kubeconfigLoaders = [
  {
    selector: 'MemberExpression > Identifier.property[name=/^loadFrom(Default|File|Cluster)$/]',
    message: 'only AccessPoint’s adapters/kubernetes and the rig load a kubeconfig (rule 5)',
  },
]

export const properties = [
  { object: 'process', property: 'env', message: 'settings are read once, in config.ts' },
  { object: 'process', property: 'exit', message: 'stop by closing in reverse order; set process.exitCode' },
]

const impure = 'domain/ does no I/O; take it as a parameter or through a port'

export const domainGlobals = [
  ...['process', 'fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance', 'crypto'],
].map((name) => ({ name, message: impure }))

export const domainProperties = [
  { object: 'Date', property: 'now', message: 'domain/ takes the time through the Clock port' },
  { object: 'Math', property: 'random', message: 'domain/ is deterministic; take the value as a parameter' },
]

export const domainSyntax = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'domain/ takes the time through the Clock port',
  },
]
