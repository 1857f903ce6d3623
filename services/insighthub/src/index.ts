export { createApp } from './app.module'
export { faultPoints } from './adapters/fault-points'
export { loadConfig, type Config } from './config'
