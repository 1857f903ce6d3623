export { createApp, type AccessPointApp, type Overrides } from './app.module'
export { ownIdentity, type OwnIdentityOptions } from './adapters/credentials/own-identity'
export { openHub, type OpenHub } from './adapters/kubernetes/open-hub'
export { loadConfig, type Config } from './config'
