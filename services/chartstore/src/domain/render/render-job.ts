import type { DeclaredSource } from '@k8or/contracts'
import type { Renderer, Trees } from '../ports'
import type { BuildEnvironment } from './build-environment'
import type { LocatedSource, RenderTarget, SourceFile } from './rendering'

/** One source of an application with all that a tool may need to render it. */
export interface RenderJob {
  readonly source: DeclaredSource
  readonly index: number
  /** All sources of the application: one may refer to the files of another. */
  readonly located: readonly LocatedSource[]
  readonly target: RenderTarget
  readonly environment: BuildEnvironment
  /** The files of its own path, as the tool wants them. */
  readonly files: readonly SourceFile[]
  readonly trees: Trees
  readonly renderer: Renderer
}
