/**
 * A separate process that repeats one request and reports the response times: `probe.ts URL KEY ANSWERS SECONDS`. It ends
 * after this many answers or seconds, whichever comes first.
 */
import { argv, stdout } from "node:process"
import { setTimeout } from "node:timers/promises"

const [url = "", key = "", answers = "0", seconds = "0"] = argv.slice(2)
const end = performance.now() + Number(seconds) * 1_000
const patience = 30_000
const pause = 20

const times: Array<number> = []
let failed = 0
while (times.length < Number(answers) && performance.now() < end) {
  const start = performance.now()
  const ok = await fetch(url, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(patience)
  }).then(async (response) => {
    await response.arrayBuffer()
    return response.ok
  }, () => false)
  times.push(performance.now() - start)
  if (!ok) failed++
  await setTimeout(pause)
}

times.sort((a, b) => a - b)
const at = (share: number) =>
  Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Infinity)
stdout.write(JSON.stringify({ answers: times.length, failed, p50: at(0.5), p99: at(0.99), most: at(1) }))
