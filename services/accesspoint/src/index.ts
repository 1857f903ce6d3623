export { createApp, type AccessPointApp, type Overrides } from './app.module'
export { ownIdentity, type OwnIdentityOptions } from './adapters/credentials/own-identity'
export { loadConfig, type Config } from './config'
