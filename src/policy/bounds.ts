/**
 * Limits per user and in total: the one table from which the settings, the middleware and docs/limits.md are made. Concurrency
 * and rates are counted in each process.
 */
import { Record } from "effect"

export interface Bound {
  readonly setting: string
  readonly byDefault: number
  readonly most: number
  /** What is limited. */
  readonly what: string
  /** The response once the limit is exceeded. */
  readonly above: string
}

const bound = (setting: string, byDefault: number, most: number, what: string, above: string): Bound => ({
  setting,
  byDefault,
  most,
  what,
  above
})

const yours = "429 `TOO_MANY_AT_ONCE`"
const ours = "503 `OVERLOADED`"
const tooOften = "429 `RATE_LIMITED`"

export const bounds = {
  searchesOfUser: bound("SEARCHES_PER_USER", 2, 1_000, "Concurrent searches per user.", yours),
  searches: bound(
    "SEARCHES_AT_ONCE",
    4,
    1_000,
    "Concurrent searches in total; this many database connections are reserved for them.",
    ours
  ),
  searchSeconds: bound(
    "SEARCH_TIMEOUT_SECONDS",
    5,
    3_600,
    "Seconds a search may take in the database.",
    "503 `SEARCH_TIMEOUT`"
  ),
  streamsOfUser: bound(
    "STREAMS_PER_USER",
    20,
    100_000,
    "Open event streams and requests with `wait` per user.",
    yours
  ),
  streams: bound(
    "STREAMS_AT_ONCE",
    2_000,
    100_000,
    "Open event streams and requests with `wait` in total.",
    ours
  ),
  uploadsOfUser: bound(
    "UPLOADS_PER_USER",
    64,
    10_000,
    "Concurrent upload requests per user, including those to signed addresses.",
    yours
  ),
  uploads: bound("UPLOADS_AT_ONCE", 256, 10_000, "Concurrent upload requests in total.", ours),
  quotesOfUser: bound("QUOTES_PER_USER", 2, 1_000, "Concurrent quotes per user.", yours),
  quotes: bound("QUOTES_AT_ONCE", 8, 1_000, "Concurrent quotes in total.", ours),
  quoteMb: bound(
    "MAX_QUOTE_MB",
    100,
    100_000,
    "Largest file that can be quoted, in megabytes.",
    "413 `FILE_TOO_LARGE`"
  ),
  listsOfUser: bound(
    "LISTS_PER_USER",
    4,
    1_000,
    "Concurrent list requests (jobs, chunks, deliveries) per user.",
    yours
  ),
  lists: bound("LISTS_AT_ONCE", 32, 1_000, "Concurrent list requests in total.", ours),
  checks: bound("AUDIT_CHECKS_AT_ONCE", 1, 100, "Concurrent checks of the whole audit log.", ours),
  pages: bound("DOCS_AT_ONCE", 4, 1_000, "Concurrent responses from `/docs` and `/openapi.json`.", ours),
  requestsPerMinute: bound(
    "REQUESTS_PER_MINUTE",
    6_000,
    10_000_000,
    "Requests per minute and user, except uploads, searches and quotes.",
    tooOften
  ),
  uploadsPerMinute: bound(
    "UPLOADS_PER_MINUTE",
    1_200,
    10_000_000,
    "Uploads per minute and user, including announced ones.",
    tooOften
  ),
  searchesPerMinute: bound("SEARCHES_PER_MINUTE", 300, 10_000_000, "Searches per minute and user.", tooOften),
  quotesPerMinute: bound("QUOTES_PER_MINUTE", 60, 10_000_000, "Quotes per minute and user.", tooOften),
  openUploads: bound(
    "OPEN_UPLOADS_PER_USER",
    1_000,
    1_000_000,
    "Announced uploads per user that are not yet completed.",
    "429 `TOO_MANY_OPEN_UPLOADS`"
  ),
  storageMb: bound(
    "STORAGE_MB_PER_USER",
    100_000,
    1_000_000_000,
    "Megabytes of stored files per user, including announced uploads.",
    "429 `STORAGE_QUOTA_EXCEEDED`"
  ),
  webhooks: bound("WEBHOOKS_PER_USER", 20, 1_000, "Webhooks per user.", "409 `TOO_MANY_WEBHOOKS`"),
  deliveriesWaiting: bound(
    "DELIVERIES_WAITING",
    1_000,
    100_000,
    "Waiting deliveries per webhook. Further ones are recorded as `dead` and can be replayed.",
    "429 `TOO_MANY_DELIVERIES` for tests and replays"
  )
} as const

export type Bounds = Readonly<Record<keyof typeof bounds, number>>

export const defaultBounds: Bounds = Record.map(bounds, ({ byDefault }) => byDefault)

/** Concurrency limits: each kind of request with its limit per user and in total. */
export const atOnce = {
  search: { ofUser: "searchesOfUser", ofAll: "searches", name: "searches" },
  stream: { ofUser: "streamsOfUser", ofAll: "streams", name: "event streams and waiting requests" },
  upload: { ofUser: "uploadsOfUser", ofAll: "uploads", name: "uploads" },
  quote: { ofUser: "quotesOfUser", ofAll: "quotes", name: "quotes" },
  list: { ofUser: "listsOfUser", ofAll: "lists", name: "lists" },
  check: { ofUser: "checks", ofAll: "checks", name: "checks of the audit log" },
  page: { ofUser: "pages", ofAll: "pages", name: "pages of the documentation" }
} as const satisfies Readonly<
  Record<string, { readonly ofUser: keyof Bounds; readonly ofAll: keyof Bounds; readonly name: string }>
>

export type Kind = keyof typeof atOnce

/** Short requests of one caller that run at once; the others queue and are not refused. */
export const turnsOfCaller = 4
