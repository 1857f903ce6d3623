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
export { closedProject, parseProject, type Project } from './project'
