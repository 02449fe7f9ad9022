/** Durations as they are written in a setting: `90`, `90s`, `5m`, `2h`. */
import { Duration, Option } from "effect"

const units = { "": 1, s: 1, m: 60, h: 3_600 }

export const readDuration = (text: string): Option.Option<Duration.Duration> => {
  const { amount, unit } = /^(?<amount>\d{1,6}(?:\.\d{1,3})?)(?<unit>[smh]?)$/u.exec(text)?.groups ?? {}
  return amount !== undefined && (unit === "" || unit === "s" || unit === "m" || unit === "h")
    ? Option.some(Duration.seconds(Number(amount) * units[unit]))
    : Option.none()
}
