import { wantedMode } from './config'

const wanted = wantedMode()

/** The mode of a mesh unless its file says otherwise. */
export const usualMode = wanted ?? 'standalone'

/**
 * For `describe.each`: the behaviours that one service begins and another ends hold whether the services share a process or
 * speak mutual TLS. The behaviours of one service run in the usual mode alone; `make test MODE=processes` runs all of them.
 */
export const bothModes = wanted === undefined ? (['standalone', 'processes'] as const) : ([wanted] as const)
