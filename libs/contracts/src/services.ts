/** The services of the mesh: the owners of facts, records and calls. */
export const services = ['accesspoint', 'codesource', 'chartstore', 'syncmaster', 'insighthub'] as const

/** One service of the mesh, by its name. */
export type ServiceName = (typeof services)[number]
