/** A declared URL fit for records, facts and messages. */
export function withoutPassword(declared: string): string {
  return declared.trim().replace(/^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i, (_all, scheme: string, user: string) => {
    const name = user.split(':')[0] ?? ''
    return /^ssh:/i.test(scheme) && name !== '' ? `${scheme}${name}@` : scheme
  })
}
