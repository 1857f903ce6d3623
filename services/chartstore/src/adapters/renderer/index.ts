export { loadConfig } from '../../config'
export type { RenderRequest } from '../../domain/render/render-host'
export { RenderPool } from './render-pool'
