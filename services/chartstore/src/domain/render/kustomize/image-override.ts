/** An entry of a kustomization's `images`. */
export interface ImageEntry {
  readonly name: string
  readonly newName?: string
  readonly newTag?: string
  readonly digest?: string
}

/** Reads `[old=]name[:tag|@digest]`; without an old name, the image keeps its own. */
export function readImageOverride(text: string): ImageEntry {
  const equals = text.indexOf('=')
  const old = equals < 0 ? undefined : text.slice(0, equals)
  const { name, tag, digest } = partsOf(text.slice(equals + 1))
  return {
    name: old ?? name,
    ...(old === undefined ? {} : { newName: name }),
    ...(tag === undefined ? {} : { newTag: tag }),
    ...(digest === undefined ? {} : { digest }),
  }
}

function partsOf(image: string): { readonly name: string; readonly tag?: string; readonly digest?: string } {
  const at = image.indexOf('@')
  const [bare, digest] = at < 0 ? [image, undefined] : [image.slice(0, at), image.slice(at + 1)]
  const colon = bare.indexOf(':', bare.lastIndexOf('/') + 1)
  const [name, tag] = colon < 0 ? [bare, undefined] : [bare.slice(0, colon), bare.slice(colon + 1)]
  return { name, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) }
}
