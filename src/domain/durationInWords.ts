import { Duration } from "effect"

/** `6 m 12 s`: the two largest units that are not zero; nothing is shorter than `0 s`. */
export const durationInWords = (duration: Duration.Duration): string => {
  const { days, hours, minutes, seconds } = Duration.parts(duration)
  const units = [[days, "d"], [hours, "h"], [minutes, "m"], [seconds, "s"]] as const
  const first = units.findIndex(([amount]) => amount > 0)
  if (first < 0) return "0 s"
  return units.slice(first, first + 2).filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`)
    .join(" ")
}
