export function fileOfTar(archive: Uint8Array, path: string): Buffer
export function fileOfZip(zip: Buffer, path: string): Buffer
