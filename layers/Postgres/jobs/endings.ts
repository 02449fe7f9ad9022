/** How an active job ends with one code, by the status it is at: SQL looks it up by the status of the row it has locked. */
import { type ErrorCode, errorCodes } from "../../../src/domain/ErrorCode.ts"
import { activeStatuses, failureOf, kept, resumeStatus } from "../../../src/domain/JobStatus.ts"

/** JSON: each active status with its `failed` and `resume` status, and the `error` to be written in `last_error`. */
export const endingsBy = (code: ErrorCode, message: string): string =>
  JSON.stringify(Object.fromEntries(activeStatuses.map((status) => [status, {
    failed: failureOf(status),
    resume: resumeStatus(status, code),
    error: {
      code,
      class: errorCodes[code].class,
      message,
      help: errorCodes[code].help,
      kept: kept(status, code),
      at_status: status
    }
  }])))
