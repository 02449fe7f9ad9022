/** How much one page of a list may cost. */

/** Jobs that a filter looks through for one page: some 20 ms. The next page goes on where they end. */
export const jobsLookedThrough = 3_000
