/** A request that is larger is refused before it is read to its end. */
export const maxRequestBytes = 16 << 20
