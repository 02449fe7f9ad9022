/** Headers and parameters of a command's requests: the idempotency key, and the user an operator acts for. */
import { Context } from "effect"
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
