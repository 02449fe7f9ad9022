/** How many times as long the same work may take now as it did then, at most: 1 if it is surely no slower, infinity if too little is known. */
import { Option } from "effect"
import { medianInterval } from "./medianInterval.ts"

export const slowdownOf = (then: ReadonlyArray<number>, now: ReadonlyArray<number>, confidence: number): number =>
  Option.match(Option.all([medianInterval(then, confidence), medianInterval(now, confidence)]), {
    onNone: () => Infinity,
    onSome: ([was, is]) => Math.max(1, is.high / was.low)
  })
