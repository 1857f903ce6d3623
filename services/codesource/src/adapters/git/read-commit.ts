import type { CommitInfo } from '../../domain/ports'

/** Reads a commit object. */
export function readCommit(content: Buffer): CommitInfo {
  const text = content.toString('utf8')
  const headEnd = text.indexOf('\n\n')
  const [head, message] = headEnd < 0 ? [text, ''] : [text.slice(0, headEnd), text.slice(headEnd + 2)]
  const author = /^author (.*?) <[^>]*> -?\d+ [+-]\d{4}$/m.exec(head)?.[1] ?? ''
  const committed = /^committer .*> (\d+) ([+-]\d{4})$/m.exec(head)
  return {
    author,
    subject: (message.split('\n')[0] ?? '').slice(0, 200),
    committedAt: isoWithOffset(Number(committed?.[1] ?? 0), committed?.[2] ?? '+0000'),
  }
}

function isoWithOffset(seconds: number, zone: string): string {
  const minutes = (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5))) * (zone.startsWith('-') ? -1 : 1)
  const isSane = Math.abs(minutes) < 24 * 60 && seconds < 8e12
  const shifted = new Date((isSane ? seconds + minutes * 60 : 0) * 1000).toISOString().slice(0, 19)
  return `${shifted}${isSane ? `${zone.slice(0, 3)}:${zone.slice(3)}` : 'Z'}`
}
