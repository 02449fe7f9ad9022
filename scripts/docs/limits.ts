/** `docs/limits.md`: what one user and all of them may have, from the table that the settings and the middleware go by. */
import { bounds } from "../../src/policy/bounds.ts"
import { generatedBy } from "./generatedBy.ts"

export const limits = (): string =>
  [
    "# Limits",
    generatedBy("src/policy/bounds.ts"),
    "So that no user's use is felt by another. What is counted at once or in a minute is counted in each process of the API. A "
    + "refusal comes before anything is read, looked up or bought for the request, as a problem document with its code, a sentence "
    + "and `Retry-After`: 429 is the caller's own limit, 503 the service's.",
    [
      "| limit | default | setting | above it |",
      "|---|---|---|---|",
      ...Object.values(bounds).map(({ above, byDefault, setting, what }) =>
        `| ${what} | ${byDefault.toLocaleString("en")} | \`${setting}\` | ${above} |`
      )
    ].join("\n"),
    "A file counts against `STORAGE_MB_PER_USER` with the bytes that were uploaded, from its acceptance, or from its announcement, "
    + "until it is deleted; what is made of it, and a copy that was refused or known already, does not count. Two uploads at the same "
    + "time cannot both take the last room. Only deleting makes room, so `Retry-After` is an hour.",
    "Searches and the audit check have database connections of their own (`SEARCHES_AT_ONCE` and `AUDIT_CHECKS_AT_ONCE` together, "
    + "beside `DATABASE_CONNECTIONS`), so that the slowest search leaves everybody else's requests alone. A caller that hangs up ends "
    + "its search. The embedded database has one session for all: there searches go one at a time, no `SEARCH_TIMEOUT_SECONDS` ends "
    + "them, and each holds up the others.",
    "However many watch a job, the API looks at it once when it has news, and every 15 seconds. All watched jobs share one "
    + "connection.",
    "See [settings.md](settings.md) for `MAX_UPLOAD_MB`, `DATABASE_CONNECTIONS` and the others, and "
    + "[authorization.md](authorization.md) for who may ask at all."
  ].join("\n\n") + "\n"
