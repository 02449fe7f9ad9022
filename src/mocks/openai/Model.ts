/** The embedding models the mock serves. */

export interface Model {
  readonly id: string
  readonly width: number
  /** Whether `dimensions` may shorten its vectors. */
  readonly shortens: boolean
  readonly usdPerMillionTokens: number
  readonly created: number
}

export const models: ReadonlyArray<Model> = [
  { id: "text-embedding-3-small", width: 1_536, shortens: true, usdPerMillionTokens: 0.02, created: 1_705_948_997 },
  { id: "text-embedding-3-large", width: 3_072, shortens: true, usdPerMillionTokens: 0.13, created: 1_705_953_180 },
  { id: "text-embedding-ada-002", width: 1_536, shortens: false, usdPerMillionTokens: 0.1, created: 1_671_217_299 }
]

export const findModel = (id: string): Model | undefined => models.find((model) => model.id === id)

export const modelBody = ({ created, id }: Model) => ({ id, object: "model", created, owned_by: "system" })
