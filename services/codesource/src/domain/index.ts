export { parseRemote, RepositoryError, type Remote } from './repository/remote'
