/** What is wrong with a token that no header can carry. */
export function tokenProblem(token: string): string | undefined {
  return /[^\x21-\x7e]/.test(token) ? 'holds a line break, a space or another character that no token has' : undefined
}

/** Whether a text holds a certificate or a private key, as far as that shows without reading it. */
export function holdsPem(text: string, kind: 'CERTIFICATE' | 'PRIVATE KEY'): boolean {
  return text.includes(`${kind}-----`)
}
