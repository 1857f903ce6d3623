import { gunzipSync, inflateRawSync } from 'node:zlib'

const block = 512

/** The content of one file of a compressed tar archive. */
export function fileOfTar(archive, path) {
  const tar = gunzipSync(archive)
  const text = (from, length) => tar.toString('utf8', from, from + length).replace(/\0.*$/s, '')
  for (let at = 0; at + block <= tar.length && tar[at] !== 0;) {
    const size = Number.parseInt(text(at + 124, 12), 8)
    if (text(at, 100) === path) return tar.subarray(at + block, at + block + size)
    at += block * (1 + Math.ceil(size / block))
  }
  throw new Error(`the archive holds no ${path}`)
}

/** The content of one file of a zip archive. */
export function fileOfZip(zip, path) {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  let at = end < 0 ? 0 : zip.readUInt32LE(end + 16)
  for (let left = end < 0 ? 0 : zip.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = zip.readUInt16LE(at + 28)
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === path) return contentOf(zip, at)
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  throw new Error(`the archive holds no ${path}`)
}

function contentOf(zip, entry) {
  const [method, packed, local] = [
    zip.readUInt16LE(entry + 10),
    zip.readUInt32LE(entry + 20),
    zip.readUInt32LE(entry + 42),
  ]
  const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
  const bytes = zip.subarray(from, from + packed)
  return method === 0 ? bytes : inflateRawSync(bytes)
}
