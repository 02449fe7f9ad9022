/** `docs/errors.md`: every error code, grouped by what happens next. */
import { requestCodes } from "../../src/api/requestCodes.ts"
import { type CircuitEffect, type ErrorClass, errorCodes } from "../../src/domain/ErrorCode.ts"
import { retryLimit } from "../../src/policy/retries.ts"
import { generatedBy } from "./generatedBy.ts"

const classes: ReadonlyArray<{ readonly class: ErrorClass; readonly title: string; readonly follows: string }> = [
  {
    class: "permanent",
    title: "Permanent: the document or the request is at fault",
    follows:
      "The job ends in the failed state of its phase and is not retried automatically. Work done so far is kept, so "
      + "`pnpm accessa jobs retry` resumes from there."
  },
  {
    class: "transient",
    title: "Transient: a retry may succeed",
    follows:
      `The job is retried automatically, up to ${retryLimit} times per state, with growing delays and never before the `
      + "provider's `Retry-After`. After the last retry it fails as if the error were permanent. A rate limit uses up no retries: "
      + "the job waits a quarter of the time it has waited so far, from 3 s to 5 minutes, and fails after OUTAGE_HOURS."
  },
  {
    class: "recoverable",
    title: "Recoverable: a service is unavailable",
    follows: "The job waits without using up attempts and resumes when the service is back."
  }
]

const circuitEffects: Readonly<Record<CircuitEffect, string>> = {
  halts: "halts until a person has acted",
  counts: "trips if a probe also fails",
  rate: "stays closed; the call waits",
  none: "–"
}

const codes = Object.entries(errorCodes)

export const errors = (): string =>
  [
    "# Error codes",
    generatedBy("src/domain/ErrorCode.ts and src/api/requestCodes.ts"),
    "A failed job has one of these codes in `error_code`; `last_error` adds its class and an explanation for this document. "
    + "`pnpm accessa jobs explain JOB` says what it means for the job. Failed calls of dependencies and alerts use the same "
    + "codes. Codes are never renamed.",
    ...classes.map((each) =>
      [
        `## ${each.title}`,
        each.follows,
        [
          "| code | what it means | what to do | dependency | its circuit | may be billed |",
          "|---|---|---|---|---|---|",
          ...codes.filter(([, entry]) => entry.class === each.class).map((
            [code, { billed, circuit, dependency, help, title }]
          ) =>
            `| \`${code}\` | ${title} | ${help} | ${dependency ?? "–"} | ${circuitEffects[circuit]} | ${
              billed ? "yes" : "–"
            } |`
          )
        ].join("\n")
      ].join("\n\n")
    ),
    "## Refused requests",
    "The API refuses a request with a problem document (RFC 9457). Its `code` is one of the codes above or one of these; no job is "
    + "created or changed. The API reference at `/docs` lists the codes of each route.",
    [
      "| code | what it means | what to do |",
      "|---|---|---|",
      ...Object.entries(requestCodes).map(([code, { help, title }]) => `| \`${code}\` | ${title} | ${help} |`)
    ].join("\n")
  ].join("\n\n") + "\n"
