/** How long a worker may be silent, and how often a document may crash its worker. */
import { Context, Duration } from "effect"

/** Everything that depends on how long a lease is. */
export const leases = (
  { heartbeat, lease }: { readonly lease: Duration.Duration; readonly heartbeat: Duration.Duration }
) => ({
  lease,
  heartbeat,
  /** Interval between sweeps for expired leases: with a lease of 30 s, a dead worker's job resumes within 35 s. */
  sweepInterval: Duration.min(Duration.seconds(5), Duration.millis(Duration.toMillis(lease) / 6)),
  /** A worker without jobs has no leases to extend. At half of what counts as silence, here and by the alerts' defaults. */
  idleHeartbeat: Duration.max(heartbeat, Duration.min(Duration.seconds(22.5), Duration.times(lease, 0.75))),
  /**
   * How long the sweeper may be silent before another worker's heartbeat takes its place: with heartbeats of 10 s after 22.5 s
   * at the latest, and 35 s if all the others are idle, which is when the sweep would find a dead worker's jobs.
   */
  sweeperLease: Duration.times(heartbeat, 1.25),
  /** A worker without a heartbeat for this long is dead: its lease is over, and its jobs are swept. */
  silentAfter: Duration.times(lease, 1.5),
  /** How long a result is retried while the database is away: afterwards the sweep has given the job to another worker. */
  insistFor: Duration.times(lease, 2),
  /** How long a machine that vanished inside a transaction holds its locks: less than a lease, or its jobs are swept too late. */
  idleInTransaction: Duration.millis(Math.round(Duration.toMillis(lease) * 5 / 6))
})

/** Of this process; the settings name others. */
export class Leases extends Context.Reference<ReturnType<typeof leases>>("accessa/policy/Leases", {
  defaultValue: () => leases({ lease: Duration.seconds(30), heartbeat: Duration.seconds(10) })
}) {}

/** Why these two cannot work together; undefined if they can. A worker must be able to miss a heartbeat. */
export const contradiction = (leaseSeconds: number, heartbeatSeconds: number): string | undefined =>
  leaseSeconds > 0 && heartbeatSeconds > 0 && heartbeatSeconds < leaseSeconds / 2
    ? undefined
    : `WORKER_HEARTBEAT_SECONDS (${heartbeatSeconds}) must be above 0 and less than half of WORKER_LEASE_SECONDS (${leaseSeconds}): `
      + "lower the heartbeat or raise the lease."

/** Workers that may die on one document, without progress in between, before it fails. */
export const crashLimit = 3

/**
 * Workers that died on a document before it counts as a suspect and runs alone. One death proves little: all jobs of a
 * killed worker resume at once.
 */
export const suspectAfter = crashLimit - 1

/** How long a suspect waits while another one runs. */
export const suspectPause = Duration.seconds(2)
