/** How long a worker may be silent, and how often a document may crash its worker. */
import { Duration } from "effect"

/** Interval between sweeps for expired leases: with a lease of 30 s, a dead worker's job resumes within 45 s. */
export const sweepInterval = Duration.seconds(5)

/** Workers that may die on one document, without progress in between, before it fails. */
export const crashLimit = 3

/**
 * Workers that died on a document before it counts as a suspect and runs alone. One death proves little: all jobs of a
 * killed worker resume at once.
 */
export const suspectAfter = crashLimit - 1

/** How long a suspect waits while another one runs. */
export const suspectPause = Duration.seconds(2)
