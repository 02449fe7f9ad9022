/** How long a storage may take over what is sent to it: the deadline of a call, and longer for what takes long to send. */
import { Duration } from "effect"

/** Bytes a second. */
const slowest = 100_000

export const sendPatience = (callTimeout: Duration.Input, bytes: number): Duration.Duration =>
  Duration.sum(Duration.fromInputUnsafe(callTimeout), Duration.seconds(bytes / slowest))
