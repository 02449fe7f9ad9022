/** `docs/errors.md`: every code that a document can end with, by what happens next. */
import { type ErrorClass, errorCodes } from "../../src/domain/ErrorCode.ts"
import { retryLimit } from "../../src/policy/retries.ts"
import { generatedBy } from "./generatedBy.ts"

const classes: ReadonlyArray<{ readonly class: ErrorClass; readonly title: string; readonly follows: string }> = [
  {
    class: "permanent",
    title: "Permanent: the document or the request is at fault",
    follows:
      "The job ends in the failed state of its phase and is not tried again by itself. What was made until then is kept, so "
      + "that `pnpm accessa jobs retry` goes on from there."
  },
  {
    class: "transient",
    title: "Transient: it may work the next time",
    follows:
      `The job is tried again by itself, up to ${retryLimit} times in each state, later each time and never before the `
      + "provider's `Retry-After`. After the last time it has failed like a permanent one."
  },
  {
    class: "recoverable",
    title: "Recoverable: a service behind is out",
    follows: "The job waits, no attempt is counted, and it goes on when the service is back."
  }
]

const codes = Object.entries(errorCodes)

export const errors = (): string =>
  [
    "# Error codes",
    generatedBy("src/domain/ErrorCode.ts"),
    "A failed job has one of these codes in `error_code`, with its class and a sentence about this document in `last_error`. "
    + "`pnpm accessa jobs explain JOB` says what it means for the job. A code is never renamed.",
    ...classes.map((each) =>
      [
        `## ${each.title}`,
        each.follows,
        [
          "| code | what it means | what to do |",
          "|---|---|---|",
          ...codes.filter(([, entry]) => entry.class === each.class).map(([code, { help, title }]) =>
            `| \`${code}\` | ${title} | ${help} |`
          )
        ].join("\n")
      ].join("\n\n")
    ),
    "A request that the API refuses is answered with a problem document (RFC 9457) instead; its codes are in the API reference at `/docs`."
  ].join("\n\n") + "\n"
