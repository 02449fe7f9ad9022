/** How patient a deployment is, and when it gives up. */
import { Duration } from "effect"

/** A command that has died is replaced after this long. */
export const releaseLease = Duration.seconds(45)
export const releaseRenewal = Duration.seconds(10)

/** From asking the platform for a version until it is live. */
export const deployPatience = Duration.minutes(15)

/** From asking the platform for the recorded version until it is live: a rollback must be verified within five minutes. */
export const rollbackPatience = Duration.minutes(3)

export const progressInterval = Duration.seconds(3)

/** A platform that does not begin a deployment is asked this many times in all. */
export const beginnings = 5

/** A check that is in doubt is made this many times in all; then it counts as failed. */
export const tries = 3
export const tryInterval = Duration.seconds(20)

/** How long each share of the documents lasts before the versions are compared. */
export const rolloutTime = Duration.minutes(5)

/** A comparison in doubt lets the share last this many times as long; then the version is rolled back. */
export const rolloutParts = 3
export const rolloutInterval = Duration.seconds(10)

/** Between two measurements of how long a fixed piece of work takes, while documents are compared. */
export const speedInterval = Duration.seconds(2)

/** A worker without a heartbeat for longer counts as dead. */
export const silence = Duration.seconds(45)

/** One worker may die by chance. */
export const toleratedDeaths = 1

/** Of each version, before they are compared. */
export const leastDocuments = 20

/** How many more of the new version's documents may fail: twenty without a failure cannot rule out less. */
export const toleratedFailures = 0.25

/** The confidence of the intervals: they are compared repeatedly, and chance differences must stay rare. */
export const rolloutConfidence = 0.99

/** How long a version that has passed all checks is watched. */
export const watchFor = Duration.minutes(15)
export const watchInterval = Duration.seconds(30)

/** The version is rolled back after this many looks in a row that did not pass. */
export const failuresInARow = 3

/** How often a release on hold checks whether it was resumed. */
export const holdInterval = Duration.seconds(5)
