/** A defect that is deliberately put into the product, and the cases that must detect it. */
export interface Mutation {
  readonly name: string
  readonly edits: ReadonlyArray<Edit>
  /** Ids of faults (`F5a`) and attacks (`A13`), or files of tests (`test/….test.ts`). */
  readonly cases: ReadonlyArray<string>
}

/** The text must stand in the file exactly once. */
interface Edit {
  readonly file: string
  readonly from: string
  readonly to: string
}
