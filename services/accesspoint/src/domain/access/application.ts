/** What of an Application decides about calls. */
export interface Application {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  /** Empty in the declaration means `default`; here it is filled in. */
  readonly project: string
  readonly destination: { readonly server: string; readonly name: string; readonly namespace: string }
}
