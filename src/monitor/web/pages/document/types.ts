import type { ChunkPage, DocumentView } from "../../../../api/documents.ts"
import type { Json } from "../../Json.ts"

export type DocumentRow = Json<DocumentView>
export type ChunkRows = Json<ChunkPage>
export type ChunkRow = ChunkRows["chunks"][number]
