/** The part of the package that is used; it comes without types. */
declare module 'semver' {
  interface SemVer {
    readonly version: string
    readonly prerelease: readonly (string | number)[]
  }
  interface RangeOptions {
    readonly includePrerelease?: boolean
  }
  function parse(version: string): SemVer | null
  function compare(one: SemVer, other: SemVer): -1 | 0 | 1
  function satisfies(version: SemVer, range: string, options?: RangeOptions): boolean
}
