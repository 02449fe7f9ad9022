import { Duration } from "effect"
import { assert, describe, it } from "vitest"
import { contradiction, leases } from "../../src/policy/leases.ts"

describe("leases", () => {
  it("of 30 s keep the numbers that were tuned for them", () => {
    const times = leases({ lease: Duration.seconds(30), heartbeat: Duration.seconds(10) })
    assert.deepStrictEqual(
      [times.sweepInterval, times.silentAfter, times.insistFor, times.idleInTransaction].map(Duration.toSeconds),
      [5, 45, 60, 25]
    )
  })

  it("of any length hold no lock for their whole length, and are swept several times within it", () => {
    for (const seconds of [1, 6, 30, 600]) {
      const lease = Duration.seconds(seconds)
      const times = leases({ lease, heartbeat: Duration.seconds(seconds / 3) })
      assert.isTrue(Duration.isLessThan(times.idleInTransaction, lease))
      assert.isTrue(Duration.isLessThan(Duration.times(times.sweepInterval, 5), lease))
      assert.isTrue(Duration.isGreaterThan(times.silentAfter, lease))
    }
  })

  it("are refused with a heartbeat of half the lease or more, and if either is 0", () => {
    assert.isUndefined(contradiction(30, 10))
    for (const [lease, heartbeat] of [[30, 15], [30, 40], [0, 10], [30, 0]] as const) {
      assert.match(`${contradiction(lease, heartbeat)}`, /WORKER_HEARTBEAT_SECONDS .*raise the lease/)
    }
  })
})
