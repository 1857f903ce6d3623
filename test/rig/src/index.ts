export { TestAuthority, type CertificateRequest, type KeyedCertificate } from './certificates'
export { eventually, type EventuallyOptions } from './eventually'
export { freePort, freePorts } from './free-port'
export { KubeClient, KubeRefusedError, type ListQuery } from './kube/kube-client'
export type { KubeMetadata, KubeObject } from './kube/kube-object'
export { startFleet, startKube, type KubeOptions, type KubeServer } from './kube/kube-server'
export { kubeconfig, writeKubeconfig, type KubeConnection } from './kube/kubeconfig'
export { fateByTag, type Fate } from './kubelet/fate'
export { startKubelet, type Kubelet, type KubeletOptions } from './kubelet/kubelet'
export { readyAfterAnnotation } from './kubelet/next-step'
export { builtServer, renderHostPath, repositoryRoot } from './paths'
export { startProcess, ManagedProcess, type ProcessSpec } from './process/managed-process'
export { removeDir, tempDir } from './temp-dir'
export { git, gitEnvironment } from './git/git-command'
export { startGitServer, type GitFault, type GitServer, type GitServerOptions } from './git/http-server'
export { githubPush, gitlabPush, pushPayload, signGithub, type Push, type Webhook } from './git/pushes'
export { commitFiles, gitRepo, headOf, readFileAt, type Changes } from './git/repository'
export { startSshGitServer, type SshGitServer } from './git/ssh-server'
export { startNats, type NatsOptions } from './nats'
export { startRedis, type RedisOptions, type RedisServer } from './redis'
export {
  DrivenRepository,
  MeshDriver,
  readMeshEnvironment,
  runsHealthy,
  valueAt,
  type DeclaredApplication,
  type MeshEnvironment,
} from './driver/mesh-driver'
export { readKubeconfig } from './driver/read-kubeconfig'
export { PeopleClient, type PeopleAccess, type PeopleAnswer } from './driver/people'
export { startMesh, type Mesh, type MeshOptions, type PreparedHub } from './mesh/mesh'
export type { MeshMode } from './mesh/layout'
export { registerCluster } from './mesh/hub'
export { startTestBus, type TestBus } from './bus'
export { startBusBench, type BusBench } from './bus-bench'
export { DirectGate } from './kube/direct-gate'
export { definitionNames, prepareHub } from './mesh/hub'
export { somebodysCluster, type SomebodysCluster } from './kube/somebodys-cluster'
export { startServiceBench, type ServiceBench } from './service-bench'
export { HubDriver } from './hub-driver'
export { ReleaseDesk } from './release-desk'
export { startHubBench, type HubBench, type RunningService } from './hub-bench'
