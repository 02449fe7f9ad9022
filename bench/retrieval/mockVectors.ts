/** The mock's vectors, without its server. */
import { Effect } from "effect"
import { dimensions } from "../../src/domain/Vector.ts"
import { embedText } from "../../src/mocks/openai/embedText.ts"
import { piecesOf } from "../../src/mocks/openai/Pieces.ts"

export const embedByMock = (texts: ReadonlyArray<string>) =>
  Effect.sync(() =>
    texts.map((text) => {
      const vector = new Float32Array(dimensions)
      embedText(text, piecesOf(text), { mode: "lexical", model: "text-embedding-3-small", width: dimensions }, vector)
      return vector
    })
  )
