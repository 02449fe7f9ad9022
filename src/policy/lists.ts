/** How much one page of a list may cost. */
import { Duration } from "effect"

/** Jobs that a filter looks through for one page: some 20 ms. The next page goes on where they end. */
export const jobsLookedThrough = 3_000

/** The check of the audit log reads a page a statement (some 30 ms), and answers after this time how far it has come. */
export const auditCheck = { page: 2_000, time: Duration.seconds(10) } as const
