const block = 512

/** A tar archive of files by path, the same bytes for the same files. */
export function tar(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const entries = Object.entries(files).toSorted(([one], [other]) => (one < other ? -1 : 1))
  const parts = entries.flatMap(([path, content]) => entry(path, Buffer.from(content)))
  return Buffer.concat([...parts, Buffer.alloc(2 * block)])
}

function entry(path: string, content: Buffer): Buffer[] {
  const padding = Buffer.alloc((block - (content.length % block)) % block)
  return [header(path, content.length), content, padding]
}

// ustar: name, mode, owner, group, size, time, checksum, type, then the magic word.
function header(path: string, size: number): Buffer {
  if (Buffer.byteLength(path) > 100) throw new Error(`${path} is too long for a tar header`)
  const bytes = Buffer.alloc(block)
  const octal = (value: number, at: number, length: number): number =>
    bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at)
  bytes.write(path, 0)
  octal(0o644, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  bytes.write('        ', 148)
  bytes.write('0', 156)
  bytes.write('ustar\x0000', 257)
  octal(
    bytes.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  )
  return bytes
}
