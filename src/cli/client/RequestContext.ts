/** What a command says of its requests: the idempotency key, the user an operator acts for, and how long they may stand still. */
import { Context, Duration } from "effect"
import type { UserId } from "../../domain/Ids.ts"

/** An `Idempotency-Key`, so that the API carries out the request once. */
export class RequestKey extends Context.Reference<string | undefined>("accessa/cli/RequestKey", {
  defaultValue: () => undefined
}) {}

/** The user an operator acts for, and the reason. */
export class OnBehalf extends Context.Reference<{ readonly user: UserId; readonly reason: string } | undefined>(
  "accessa/cli/OnBehalf",
  { defaultValue: () => undefined }
) {}

/** Why, for the audit log. */
export class Reason extends Context.Reference<{ readonly reason: string | undefined }>("accessa/cli/Reason", {
  defaultValue: () => ({ reason: undefined })
}) {}

/** How long a request may stand still. The API answers sooner, and takes more of a file. */
export class Patience extends Context.Reference<Duration.Duration>("accessa/cli/Patience", {
  defaultValue: () => Duration.minutes(1)
}) {}
