/** Whether an image for one platform runs on another: `linux/arm64/v8` on `linux/arm64`. A variant asked for must be there. */
export function isMatchingPlatform(offered: string, wanted: string): boolean {
  const parts = offered.split('/')
  return wanted.split('/').every((part, at) => part === parts[at])
}
