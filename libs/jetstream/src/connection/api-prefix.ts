/**
 * Where services ask JetStream. Their own accounts hold no streams, and the server answers that on its usual prefix; the
 * questions that a service may put to the mesh's account are imported under this one.
 */
export const apiPrefix = 'MESH.API'

/** The prefix in the account that holds the streams. */
export const serverApiPrefix = '$JS.API'
