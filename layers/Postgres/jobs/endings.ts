/** How an active job ends with one code, by status: SQL looks this up with the status of the locked row. */
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
