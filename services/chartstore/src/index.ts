export { createApp } from './app.module'
export { loadConfig, type Config } from './config'
