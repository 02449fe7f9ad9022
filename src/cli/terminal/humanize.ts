/** Numbers and times as a person reads them. */

export const count = (value: number): string => value.toLocaleString("en-US")

export const tokens = (value: number): string =>
  value < 1_000
    ? `${value} tok`
    : value < 999_500
    ? `${Number((value / 1_000).toPrecision(value < 9_950 ? 2 : 3))}k tok`
    : `${Number((value / 1_000_000).toPrecision(3))}M tok`

/** Fractions of a cent matter here: two significant digits, at most six decimal places. */
export const dollars = (value: number): string => {
  if (value === 0) return "$0"
  if (value < 0.000001) return "<$0.000001"
  const places = value >= 1 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(value)))
  const written = value.toFixed(Math.max(2, places))
  const leastEnd = written.indexOf(".") + 3
  let end = written.length
  while (end > leastEnd && written[end - 1] === "0") end--
  return `$${written.slice(0, end)}`
}

export const bytes = (value: number): string => {
  const units = ["B", "kB", "MB", "GB", "TB"]
  let scaled = value
  let unit = 0
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1_000
    unit++
  }
  return `${unit === 0 ? scaled : Number(scaled.toPrecision(3))} ${units[unit]}`
}

/** Short, for a line that is redrawn: `9s`, `4m 05s`, `2h 10m`. */
export const span = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, "0")}s`
  return `${Math.floor(seconds / 3_600)}h ${String(Math.floor(seconds / 60) % 60).padStart(2, "0")}m`
}

/** How long ago, in one unit: `now`, `12 s ago`, `3 m ago`, `5 h ago`, `2 d ago`. */
export const ago = (then: Date, now: Date): string => {
  const seconds = Math.floor((now.getTime() - then.getTime()) / 1_000)
  if (seconds < 1) return "now"
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

/** The first group of a UUID: enough for a person, and every command takes it. */
export const shortId = (id: string): string => id.slice(0, 8)
