/** Numbers, times and sizes as an operator reads them: short, with the exact value on hover where one is rounded. */

const seconds = [["d", 86_400], ["h", 3_600], ["m", 60], ["s", 1]] as const

/** Two units at most: `14 m 32 s`. Below ten seconds one decimal, below one second milliseconds. */
export const duration = (ms: number): string => {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1).replace(".0", "")} s`
  let rest = Math.round(ms / 1_000)
  const parts: Array<string> = []
  for (const [unit, size] of seconds) {
    const count = Math.floor(rest / size)
    if (count > 0) parts.push(`${count} ${unit}`)
    else if (parts.length > 0) break
    rest -= count * size
    if (parts.length === 2) break
  }
  return parts.join(" ")
}

export const ago = (iso: string, now: number): string => `${duration(now - Date.parse(iso))} ago`

/** `10:42:07`, UTC. */
export const clock = (iso: string): string => iso.slice(11, 19)

/** `2026-11-28 10:42:07 UTC`. */
export const exact = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`

const grouped = new Intl.NumberFormat("en-US")
export const count = (value: number): string => grouped.format(value)

/** Two significant digits below a cent: `$0.000031`. */
export const money = (usd: number): string => {
  if (usd === 0) return "$0"
  if (Math.abs(usd) >= 0.01) {
    return `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
  }
  return `$${Number(usd.toPrecision(2)).toFixed(Math.min(12, 1 - Math.floor(Math.log10(Math.abs(usd)))))}`
}

const sizes = [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]] as const
export const bytes = (value: number): string => {
  for (const [unit, size] of sizes) {
    if (value >= size) return `${(value / size).toFixed(value >= size * 100 ? 0 : 1)} ${unit}`
  }
  return `${Math.round(value)} B`
}

export const percent = (part: number, whole: number): string =>
  whole === 0 ? "–" : `${((part / whole) * 100).toFixed(2)} %`

/** The first eight characters of an id: enough to tell rows apart, and what the CLI takes. */
export const short = (id: string): string => id.slice(0, 8)

export const plural = (n: number, one: string, many: string = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`

/** `10.2M`: large counts whose digits do not matter. */
export const amount = (value: number): string => value < 10_000 ? count(value) : compact.format(value)
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 })

/** An actor of an event: workers by the beginning of their id. */
export const actorOf = (actor: string): string => actor.startsWith("worker:") ? short(actor.slice(7)) : actor
