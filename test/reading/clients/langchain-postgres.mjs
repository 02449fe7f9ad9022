import { PGVectorStore } from "@langchain/community/vectorstores/pgvector"
import { Pool } from "pg"
import { answer, DATABASE_URL, embeddings } from "./given.mjs"

const pool = new Pool({ connectionString: DATABASE_URL })
const store = await PGVectorStore.initialize(embeddings, {
  pool,
  tableName: "accessa_chunks",
  columns: { idColumnName: "id", vectorColumnName: "embedding", contentColumnName: "text", metadataColumnName: "metadata" },
  skipInitializationCheck: true
})
const found = await store.similaritySearch("When is groundwater insured?", 4)
answer(found.map(({ metadata, pageContent }) => ({ text: pageContent, filename: metadata.filename })))
await store.end()
