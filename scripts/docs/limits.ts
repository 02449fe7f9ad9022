/** `docs/limits.md`, from the table that the settings and the middleware use. */
import { bounds } from "../../src/policy/bounds.ts"
import { generatedBy } from "./generatedBy.ts"

export const limits = (): string =>
  [
    "# Limits",
    generatedBy("src/policy/bounds.ts"),
    "Limits keep one user's load from affecting others. Concurrency and rates are counted in each API process. A request above a limit "
    + "is refused before anything is read, looked up or bought for it, with a problem document (code and explanation) and "
    + "`Retry-After`. 429 means that the caller reached their own limit, 503 that the service reached its total.",
    [
      "| limit | default | setting | response above it |",
      "|---|---|---|---|",
      ...Object.values(bounds).map(({ above, byDefault, setting, what }) =>
        `| ${what} | ${byDefault.toLocaleString("en")} | \`${setting}\` | ${above} |`
      )
    ].join("\n"),
    "`STORAGE_MB_PER_USER` counts the uploaded bytes of a file from its acceptance or announcement until it is deleted. Parsed text, "
    + "refused uploads and duplicates do not count. Two concurrent uploads cannot both use the last of the quota. Only deleting "
    + "files frees space, so `Retry-After` is an hour.",
    "Searches and the audit check have their own database connections (`SEARCHES_AT_ONCE` plus `AUDIT_CHECKS_AT_ONCE`, in addition to "
    + "`DATABASE_CONNECTIONS`), so a slow search cannot hold up other requests. If the caller disconnects, the search is cancelled. "
    + "The embedded database has a single session: searches run one at a time, each holds up other requests, and "
    + "`SEARCH_TIMEOUT_SECONDS` does not apply.",
    "A watched job is read once per change and every 15 seconds, no matter how many clients watch it. All watched jobs share one "
    + "connection.",
    "See [settings.md](settings.md) for `MAX_UPLOAD_MB`, `DATABASE_CONNECTIONS` and the other settings, and "
    + "[authorization.md](authorization.md) for who may call what."
  ].join("\n\n") + "\n"
