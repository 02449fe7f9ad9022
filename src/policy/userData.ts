/** How much of a user's data one request reads or erases, so that each ends within seconds. */

export const exportPage = { documents: 20, rows: 500 } as const

export const erasedAtOnce = 25
