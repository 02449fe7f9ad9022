/** How much work one page of a list may take. */
import { Duration } from "effect"

/** Jobs that a filter scans for one page: about 20 ms. The next page continues where it ends. */
export const jobsLookedThrough = 3_000

/** Failed jobs that are grouped by cause, the newest ones: about 100 ms. */
export const failuresLookedThrough = 20_000

/** API keys of one page. More are rare, and a client from before there were pages shows the first one alone. */
export const keysAtOnce = 1_000

/** The audit check reads one page per statement (about 30 ms) and returns its progress after this time. */
export const auditCheck = { page: 2_000, time: Duration.seconds(10) } as const
