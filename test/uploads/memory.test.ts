import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { memoryUsage } from "node:process"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { TestApi, testApi } from "../support/harness/TestApi.ts"
import { MeteredStorage } from "../support/stubs/MeteredStorage.ts"

setFlagsFromString("--expose-gc")
const collectGarbage: () => void = runInNewContext("gc")

it.live("an accepted upload is never held in memory as a whole", () =>
  Effect.gen(function*() {
    const { request } = yield* TestApi
    const storage = yield* MeteredStorage
    const size = 100 * 1_048_576
    const part = Buffer.alloc(1_048_576, "water damage is covered. ")
    const held = () => {
      collectGarbage()
      return memoryUsage().external + memoryUsage().heapUsed
    }
    const before = held()
    let peak = 0
    let sent = 0
    const boundary = "part"
    const body = new ReadableStream<Uint8Array>({
      start: (controller) =>
        controller.enqueue(Buffer.from(
          `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="big.txt"\r\n\r\n`
        )),
      pull: (controller) => {
        if (sent % (20 * part.length) === 0) peak = Math.max(peak, held() - before)
        if (sent < size) controller.enqueue(part)
        else {
          controller.enqueue(Buffer.from(`\r\n--${boundary}--\r\n`))
          controller.close()
        }
        sent += part.length
      }
    })
    const headers = { "content-type": `multipart/form-data; boundary=${boundary}` }
    const answer = yield* request("/api/v1/documents", { method: "POST", headers, body, duplex: "half" })
    assert.strictEqual(answer.status, 202)
    assert.strictEqual([...storage.objects.values()][0]?.bytes, size)
    assert.isBelow(peak, 40 * 1_048_576)
  }).pipe(Effect.provide(testApi())), 180_000)
