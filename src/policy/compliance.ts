/** The daily compliance check. */
import { Duration } from "effect"

/** How often the elected worker checks whether a check is due. */
export const complianceLook = Duration.minutes(10)

/** A key without an end that is older than this must be rotated. */
export const keyLife = Duration.days(180)
