/** Retries and cancellations of several jobs, in words. */
import type { BulkResultView } from "../../../api/overview.ts"
import { plural } from "../format.ts"

/** What came of it; `more`: a request changes a thousand jobs at most. */
export const outcomeOf = (kind: "retry" | "cancel", { changed, more }: BulkResultView): string =>
  `${plural(changed, "job")} ${
    kind === "retry" ? changed === 1 ? "resumes" : "resume" : changed === 1 ? "is cancelled" : "are cancelled"
  }.${more ? " More match: repeat it for them." : ""}`

/** As one word of a shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
