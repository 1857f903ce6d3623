export { renderSource } from './render/render-source'
export type { ManifestObject, Rendered, RenderedObject, SourceFile } from './render/rendering'
export { imagesOf } from './release/images'
export { canonicalJson } from './release/canonical-json'
