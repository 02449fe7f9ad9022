/** A canary secret: found in any text that contains a dozen of its characters, plain or encoded. */
import { randomBytes } from "node:crypto"

const shortest = 12
/** A dozen characters contain a whole block of this length, wherever they begin. */
const block = 6

export class Canary {
  readonly name: string
  readonly value: string
  readonly #forms: ReadonlySet<string>
  readonly #blocks: ReadonlyArray<string>

  /** `shape` turns 48 random hexadecimal digits into a valid value for the secret's place. */
  constructor(name: string, shape: (digits: string) => string = (digits) => `canary-${digits}`) {
    const digits = randomBytes(24).toString("hex")
    this.name = name
    this.value = shape(digits)
    // For any preceding bytes: base64 has three alignments.
    const encoded = [0, 1, 2].map((before) => Buffer.from("x".repeat(before) + digits).toString("base64").slice(4, -4))
    const hex = Buffer.from(digits).toString("hex")
    const forms = [digits, ...encoded, hex]
    this.#forms = new Set(forms.flatMap(windows))
    this.#blocks = [...new Set(forms.flatMap(blocks))]
  }

  /** The part that the text repeats, with its surroundings; undefined if none. */
  findIn(text: string): string | undefined {
    // Looking for each block first takes a fifth of the time: tens of megabytes are searched for dozens of canaries.
    for (const part of this.#blocks) {
      for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
        const near = text.slice(Math.max(0, at - shortest), at + block + shortest)
        if (windows(near).some((each) => this.#forms.has(each))) {
          return `${this.name}: …${text.slice(Math.max(0, at - 200), at + 100)}…`
        }
      }
    }
    return undefined
  }
}

const windows = (text: string): ReadonlyArray<string> =>
  Array.from({ length: text.length - shortest + 1 }, (_, at) => text.slice(at, at + shortest))

const blocks = (text: string): ReadonlyArray<string> =>
  Array.from({ length: Math.floor(text.length / block) }, (_, n) => text.slice(n * block, (n + 1) * block))
