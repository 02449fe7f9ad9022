/** The limits of an upload, for the files that a worker takes out of a mail. */
import { Context } from "effect"

export interface IntakeRule {
  /** Bytes that one user's files may take. */
  readonly quotaBytes: number
}

export class IntakeRules extends Context.Reference<IntakeRule>("accessa/stages/IntakeRules", {
  defaultValue: () => ({ quotaBytes: Number.MAX_SAFE_INTEGER })
}) {}
