/** What goes with the requests of a command besides what they ask: a name to be repeated by, and for whom they are made. */
import { Context } from "effect"
import type { UserId } from "../domain/Ids.ts"

/** Names a request, so that the API carries it out once however often it is sent. */
export class RequestKey extends Context.Reference<string | undefined>("accessa/cli/RequestKey", {
  defaultValue: () => undefined
}) {}

/** The user whose jobs an operator asks about, and why. */
export class OnBehalf extends Context.Reference<{ readonly user: UserId; readonly reason: string } | undefined>(
  "accessa/cli/OnBehalf",
  { defaultValue: () => undefined }
) {}
