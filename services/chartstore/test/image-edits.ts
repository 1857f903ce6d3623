import type { TextFile, WantedVersion } from '../src/domain/images/edit/edited'

/** An image, as a policy names it. */
export const web = { name: 'ghcr.io/shop/web', original: 'ghcr.io/shop/web', image: 'ghcr.io/shop/web' }

/** Where a chart takes the image from. */
export const keys = { spec: '', name: 'image.name', tag: 'image.tag' }

/** A version that is to be written. */
export const to = (tag: string, more: Partial<WantedVersion> = {}): WantedVersion => ({ tag, isPinned: false, ...more })

/** A file to edit. */
export const file = (text: string, path = 'app.yaml'): TextFile => ({ path, text })

/** One that is told from others by its letter. */
export const digest = (letter: string) => `sha256:${letter.repeat(64)}`
