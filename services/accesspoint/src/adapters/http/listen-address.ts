/** Where to listen. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}
