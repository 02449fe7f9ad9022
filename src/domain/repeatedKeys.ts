/** The members that an object in a JSON text has twice, as JSON pointers. JSON.parse would silently keep the last of them. */
import { escapePointer } from "./pointer.ts"

interface Place {
  /** Undefined in an array. */
  readonly keys: Set<string> | undefined
  step: string
  index: number
}

/** `json` is valid JSON. */
export const repeatedKeys = (json: string): ReadonlyArray<string> => {
  const found = new Set<string>()
  const places: Array<Place> = []
  let last = ""
  for (let at = 0; at < json.length; at++) {
    const place = places.at(-1)
    switch (json[at]) {
      case "\"": {
        const end = endOfString(json, at)
        last = json.slice(at, end + 1)
        at = end
        break
      }
      case "{":
        places.push({ keys: new Set(), step: "", index: 0 })
        break
      case "[":
        places.push({ keys: undefined, step: "0", index: 0 })
        break
      case "}":
      case "]":
        places.pop()
        break
      case ",":
        if (place !== undefined && place.keys === undefined) place.step = String(++place.index)
        break
      case ":": {
        if (place?.keys === undefined) break
        place.step = escapePointer(JSON.parse(last))
        if (place.keys.has(place.step)) found.add(places.map(({ step }) => `/${step}`).join(""))
        place.keys.add(place.step)
      }
    }
  }
  return [...found]
}

const endOfString = (json: string, start: number): number => {
  let end = start + 1
  while (end < json.length && json[end] !== "\"") end += json[end] === "\\" ? 2 : 1
  return end
}
