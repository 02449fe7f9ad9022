/** How much of a user's data one request reads or erases, so that each ends within seconds. */
import { Duration } from "effect"

export const exportPage = { documents: 20, rows: 500 } as const

export const erasedAtOnce = 25

/**
 * The age of a request counts from when its credential was accepted. One accepted so shortly after the erasure of its user may have
 * been looked up before it.
 */
export const authenticationLasts = Duration.seconds(10)
