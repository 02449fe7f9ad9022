/** A passage that was found, as the API shows it. */
import type { SearchHit } from "../../../services/Vectors.ts"
import type { SearchHitView } from "../../api/search.ts"

export const toHitView = ({ meta, ...hit }: SearchHit): SearchHitView => ({
  ...hit,
  headings: meta.headings,
  page: meta.page ?? null
})
