export { matchesGlob } from './glob'
export {
  denyObject,
  destinationDenied,
  permitsApplicationNamespace,
  permitsDestination,
  permitsRepository,
  type JudgedCluster,
  type JudgedObject,
} from './permissions'
export { parseProject, readProject, type Project } from './project'
