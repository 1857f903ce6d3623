import type { ObjectRef } from '@k8or/contracts'
import type { KubeObject } from '@k8or/kube-objects'
import { splitApiVersion } from '@k8or/kube-objects'
import type { Project } from '@k8or/projects'
import type { Application } from '../application/application'
import { broughtKinds, completeObjects } from '../plan/desired'
import { checkDeclaration, objectDenied, type TargetCluster } from './rules'

/** What a project says of an application, without asking a cluster. */
export interface Review {
  /** What is wrong with the declaration. */
  readonly problems: readonly string[]
  /** Each of its objects, with why it is not permitted. */
  readonly objects: readonly { readonly ref: ObjectRef; readonly reason: string | undefined }[]
}

interface ReviewInput {
  readonly application: Application
  readonly project: Project
  readonly cluster: TargetCluster
  readonly controlNamespace: string
  readonly objects: readonly KubeObject[]
  /** `<group>/<Kind>` of kinds without namespaces that are neither of Kubernetes nor defined by the objects themselves. */
  readonly clusterScoped: readonly string[]
}

/** Checks a declaration, and what it renders to, by the very rules of a sync. */
export function reviewApplication({ objects, clusterScoped, ...check }: ReviewInput): Review {
  const { application, project, cluster } = check
  const brought = broughtKinds(objects)
  const without = new Set([...clusterKinds, ...clusterScoped])
  const isNamespaced = ({ apiVersion, kind }: KubeObject): boolean => {
    const name = `${splitApiVersion(apiVersion).group}/${kind}`
    return brought.get(name) ?? !without.has(name)
  }
  const owner = { uid: application.uid, instance: '', destinationNamespace: application.spec.destination.namespace }
  return {
    problems: checkDeclaration({ ...check, clusterProblem: undefined }),
    objects: completeObjects(objects, owner, isNamespaced).objects.map(({ ref, object }) => ({
      ref,
      reason: objectDenied(project, cluster, ref, isNamespaced(object)),
    })),
  }
}

/** Kubernetes' own kinds without namespaces; an API server would tell, a file can not. */
const clusterKinds = Object.entries({
  '': ['Namespace', 'Node', 'PersistentVolume'],
  'admissionregistration.k8s.io': [
    ...['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
    ...['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'],
    ...['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'certificates.k8s.io': ['CertificateSigningRequest', 'ClusterTrustBundle'],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'networking.k8s.io': ['IngressClass', 'IPAddress', 'ServiceCIDR'],
  'node.k8s.io': ['RuntimeClass'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'resource.k8s.io': ['DeviceClass', 'ResourceSlice'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment', 'VolumeAttributesClass'],
}).flatMap(([group, kinds]) => kinds.map((kind) => `${group}/${kind}`))
