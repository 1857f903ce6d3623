export { loadConfig } from '../../config'
export { RenderPool } from './render-pool'
