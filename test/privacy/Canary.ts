/** A canary secret: found in any text that contains a dozen of its characters, plain or encoded. */
import { randomBytes } from "node:crypto"

const shortest = 12

export class Canary {
  readonly name: string
  readonly value: string
  readonly #forms: ReadonlySet<string>

  /** `shape` turns 48 random hexadecimal digits into a valid value for the secret's place. */
  constructor(name: string, shape: (digits: string) => string = (digits) => `canary-${digits}`) {
    const digits = randomBytes(24).toString("hex")
    this.name = name
    this.value = shape(digits)
    // For any preceding bytes: base64 has three alignments.
    const encoded = [0, 1, 2].map((before) => Buffer.from("x".repeat(before) + digits).toString("base64").slice(4, -4))
    const hex = Buffer.from(digits).toString("hex")
    this.#forms = new Set([digits, ...encoded, hex].flatMap((form) => windows(form)))
  }

  /** The part that the text repeats, with its surroundings; undefined if none. */
  findIn(text: string): string | undefined {
    for (const form of this.#forms) {
      const at = text.indexOf(form)
      if (at >= 0) return `${this.name}: …${text.slice(Math.max(0, at - 200), at + 100)}…`
    }
    return undefined
  }
}

const windows = (text: string): ReadonlyArray<string> =>
  Array.from({ length: text.length - shortest + 1 }, (_, at) => text.slice(at, at + shortest))
