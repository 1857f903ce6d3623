export { isOlderVersion, type KubeObject, type ManagedFields } from './kube-object'
export { joinApiVersion, keyOf, nameOf, refOf, splitApiVersion, type Identified, type KindRef } from './object-ref'
