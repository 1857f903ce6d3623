export {
  createAuthority,
  issue,
  serviceCertificateMs,
  type Authority,
  type CertificateNames,
  type IssueRequest,
} from './authority'
export { CertificateFiles, isGood, validityOf, writePrivateFile } from './certificate-files'
export { createRequest, publicKeyOfRequest } from './certificate-request'
export { fileIdentity, obtainIdentity, type FileIdentityOptions } from './file-identity'
export type { Identity } from './identity'
export { joinMesh, type JoinOptions } from './join-mesh'
export { createKey, publicKeyOf } from './keys'
export type { IdentityLog, RenewingIdentity } from './renewing-identity'
export { hostNamesOf, serviceOf, spiffeIdIn, spiffeIdOf, trustDomainOf } from './spiffe'
export { clientTls, joinTls, serverTls } from './tls'
