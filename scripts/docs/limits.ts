/** `docs/limits.md`, from the table that the settings and the middleware use. */
import { isLocal } from "../../src/domain/formats.ts"
import { refused } from "../../src/domain/judgeFile.ts"
import { extensionsOf, type MediaType, mediaTypes } from "../../src/domain/mediaType.ts"
import { attachments } from "../../src/policy/attachments.ts"
import { bounds } from "../../src/policy/bounds.ts"
import { generatedBy } from "./generatedBy.ts"

export const limits = (): string =>
  [
    "# Limits",
    generatedBy("src/policy/bounds.ts and src/domain/formats.ts"),
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
    "## Formats",
    "A file's type is determined by its bytes, not its name. Other files are refused with 415 `UNSUPPORTED_TYPE` when they are uploaded; one "
    + "that only LlamaParse reads ends as `failed_parse` with `PARSER=local`. Password-protected files end as `failed_parse` with `ENCRYPTED`.",
    [
      "| a file that is | extensions | `PARSER=local` | `PARSER=llamaparse` |",
      "|---|---|---|---|",
      ...formats().map(({ extensions, local, name, taken }) =>
        `| ${name} | ${extensions.map((each) => `\`.${each}\``).join(" ")} | ${yesOrNo(local)} | ${yesOrNo(taken)} |`
      )
    ].join("\n"),
    `Of the files attached to a mail, the first ${attachments.most} become [documents of their own](deletion.md#attachments), at most `
    + `${attachments.deepest} mails deep.`,
    "See [settings.md](settings.md) for `MAX_UPLOAD_MB`, `DATABASE_CONNECTIONS` and the other settings, and "
    + "[authorization.md](authorization.md) for who may call what."
  ].join("\n\n") + "\n"

const formats = () =>
  mediaTypeNames.flatMap((type) => {
    const extensions = extensionsOf(type)
    const named = { name: mediaTypes[type], extensions, local: isLocal(type), taken: !refused.has(type) }
    return extensions.length === 0 ? [] : [named]
  })

const isMediaType = (name: string): name is MediaType => Object.hasOwn(mediaTypes, name)
const mediaTypeNames = Object.keys(mediaTypes).filter(isMediaType)

const yesOrNo = (it: boolean): string => it ? "yes" : "no"
