/** How a clock that is this many milliseconds ahead compares to another: `420 s behind`, to be followed by the other's name. */
export const clockGap = (millis: number): string =>
  `${Math.round(Math.abs(millis) / 1_000)} s ${millis < 0 ? "behind" : "ahead of"}`
