import { assert, it } from "@effect/vitest"
import { canaryWorker } from "../../../src/deploy/release/canaryWorker.ts"
import { WorkerId } from "../../../src/domain/Ids.ts"

const worker = (number: number, version: string) => ({ worker_id: WorkerId.make(idOf(number)), version })
const idOf = (number: number) => `00000000-0000-4000-8000-00000000000${number}`
const actor = (number: number) => `worker:${idOf(number)}`

it("the check of the canary's worker passes if a worker of the new version alone processed the document", () => {
  const { verdict } = canaryWorker("60d1001", [worker(1, "0.1.0+60d1001"), worker(2, "0.1.0+60d0001")], [actor(1)])
  assert.strictEqual(verdict, "pass")
})

it("the check of the canary's worker says which version processed the document instead", () => {
  const old = [worker(2, "0.1.0+60d0001"), worker(3, "0.1.0+60d0001")]
  assert.include(canaryWorker("60d1001", old, [actor(2), actor(3)]), {
    verdict: "fail",
    found: "no worker that runs reports 60d1001; a worker that reports 0.1.0+60d0001 processed the document"
  })
  assert.include(canaryWorker("60d1001", [worker(1, "0.1.0+60d1001"), ...old], [actor(1), actor(2)]), {
    verdict: "fail",
    found: "a worker of 60d1001 runs; a worker that reports 0.1.0+60d0001 processed the document"
  })
})

it("the check of the canary's worker says that the worker has ended since", () => {
  assert.include(canaryWorker("60d1001", [worker(2, "0.1.0+60d0001")], [actor(1)]), {
    verdict: "fail",
    found: "no worker that runs reports 60d1001; a worker that has ended since processed the document"
  })
})

it("the check of the canary's worker is in doubt if the document did not become complete", () => {
  assert.strictEqual(canaryWorker("60d1001", [worker(1, "0.1.0+60d1001")], []).verdict, "inconclusive")
})
