/**
 * What one user, and all users together, may have at once, in a minute or in store: the one table that the settings, the
 * middleware and docs/limits.md are made from. What happens "at once" or "in a minute" is counted in each process.
 */
import { Record } from "effect"

export interface Bound {
  readonly setting: string
  readonly byDefault: number
  readonly most: number
  /** What is counted. */
  readonly what: string
  /** How what is above it is answered. */
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
  searchesOfUser: bound("SEARCHES_PER_USER", 2, 1_000, "Searches of one user at once.", yours),
  searches: bound(
    "SEARCHES_AT_ONCE",
    4,
    1_000,
    "Searches of all users at once; as many connections are kept for them.",
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
    "Event streams and requests with `wait` of one user at once.",
    yours
  ),
  streams: bound(
    "STREAMS_AT_ONCE",
    2_000,
    100_000,
    "Event streams and requests with `wait` of all users at once.",
    ours
  ),
  uploadsOfUser: bound(
    "UPLOADS_PER_USER",
    64,
    10_000,
    "Upload requests of one user at once, also those by a signed address.",
    yours
  ),
  uploads: bound("UPLOADS_AT_ONCE", 256, 10_000, "Upload requests of all users at once.", ours),
  quotesOfUser: bound("QUOTES_PER_USER", 2, 1_000, "Quotes of one user at once.", yours),
  quotes: bound("QUOTES_AT_ONCE", 8, 1_000, "Quotes of all users at once.", ours),
  quoteMb: bound(
    "MAX_QUOTE_MB",
    100,
    100_000,
    "Megabytes of a file that a quote is asked for.",
    "413 `FILE_TOO_LARGE`"
  ),
  listsOfUser: bound(
    "LISTS_PER_USER",
    4,
    1_000,
    "Requests for a page of jobs, chunks or deliveries of one user at once.",
    yours
  ),
  lists: bound("LISTS_AT_ONCE", 32, 1_000, "Requests for such a page of all users at once.", ours),
  checks: bound("AUDIT_CHECKS_AT_ONCE", 1, 100, "Checks of the whole audit log at once.", ours),
  pages: bound("DOCS_AT_ONCE", 4, 1_000, "Answers of `/docs` and `/openapi.json` under way at once.", ours),
  requestsPerMinute: bound(
    "REQUESTS_PER_MINUTE",
    6_000,
    10_000_000,
    "Requests of one user in a minute that are none of the following.",
    tooOften
  ),
  uploadsPerMinute: bound(
    "UPLOADS_PER_MINUTE",
    1_200,
    10_000_000,
    "Uploads of one user in a minute, announced ones among them.",
    tooOften
  ),
  searchesPerMinute: bound("SEARCHES_PER_MINUTE", 300, 10_000_000, "Searches of one user in a minute.", tooOften),
  quotesPerMinute: bound("QUOTES_PER_MINUTE", 60, 10_000_000, "Quotes of one user in a minute.", tooOften),
  openUploads: bound(
    "OPEN_UPLOADS_PER_USER",
    1_000,
    1_000_000,
    "Uploads of one user that are announced and not completed.",
    "429 `TOO_MANY_OPEN_UPLOADS`"
  ),
  storageMb: bound(
    "STORAGE_MB_PER_USER",
    100_000,
    1_000_000_000,
    "Megabytes of one user's files in the storage, announced ones among them.",
    "429 `STORAGE_QUOTA_EXCEEDED`"
  ),
  webhooks: bound("WEBHOOKS_PER_USER", 20, 1_000, "Webhooks of one user.", "409 `TOO_MANY_WEBHOOKS`"),
  deliveriesWaiting: bound(
    "DELIVERIES_WAITING",
    1_000,
    100_000,
    "Deliveries of one webhook that wait. One more is written down as `dead`, and can be sent again.",
    "429 `TOO_MANY_DELIVERIES`, where a test or a replay asked for it"
  )
} as const

export type Bounds = Readonly<Record<keyof typeof bounds, number>>

export const defaultBounds: Bounds = Record.map(bounds, ({ byDefault }) => byDefault)

/** What is held while it runs, by the names of its two bounds. */
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

const kinds: Readonly<Record<string, Kind>> = {
  "search.search": "search",
  "jobs.events": "stream",
  "jobs.list": "list",
  "documents.chunks": "list",
  "subscriptions.deliveries": "list",
  "audit.check": "check",
  "documents.upload": "upload",
  "uploads.complete": "upload",
  "quotes.make": "quote"
}

/** Of one caller's short requests so many are worked on at once; the others wait in line, and are not refused. */
export const turnsOfCaller = 4

/** A job that is asked for with `wait` is held like a stream. */
export const kindOf = (route: string, waits: boolean): Kind | undefined =>
  route === "jobs.get" && waits ? "stream" : kinds[route]
