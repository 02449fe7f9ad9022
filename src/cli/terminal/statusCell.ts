/** A job's status: `complete` is never green, nor alone, if something of the document is missing in its text. */
import type { JobStatus } from "../../domain/JobStatus.ts"
import { statusColour, type Style } from "./Style.ts"

interface Ended {
  readonly status: JobStatus
  readonly warnings: ReadonlyArray<string>
}

export const statusCell = ({ status, warnings }: Ended, style: Style) =>
  status === "complete" && warnings.length > 0
    ? { text: `complete, ${warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`}`, paint: style.yellow }
    : { text: status, paint: statusColour(style, status) }
