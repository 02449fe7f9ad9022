/** How long a worker may be silent, and how often a document may take one down. */
import { Duration } from "effect"

/** Leases that ran out are looked for this often: with a lease of 30 s a dead worker's job goes on within 45 s. */
export const sweepInterval = Duration.seconds(5)

/** Workers that may die on one document, without progress between, before it is set aside. */
export const crashLimit = 3

/** Workers that died on a document before it runs as the only suspect. One death says little: all that a killed worker held go on at once. */
export const suspectAfter = crashLimit - 1

/** A suspect that has to wait for another one to clear itself is looked at again after this. */
export const suspectPause = Duration.seconds(2)
