/** LangChain.js as its documentation shows it: Markdown splitter, OpenAI embeddings, vector store on pgvector. */
import { PGVectorStore } from "@langchain/community/vectorstores/pgvector"
import { Document } from "@langchain/core/documents"
import { OpenAIEmbeddings } from "@langchain/openai"
import { MarkdownTextSplitter } from "@langchain/textsplitters"
import { Pool } from "pg"

export const prepare = async ({ databaseUrl, embeddingsUrl, inGroups, read }) => {
  const pool = new Pool({ connectionString: databaseUrl, max: 16 })
  await pool.query("CREATE EXTENSION IF NOT EXISTS vector")
  const embeddings = new OpenAIEmbeddings({
    apiKey: "none",
    model: "text-embedding-3-small",
    batchSize: 256,
    maxConcurrency: 16,
    configuration: { baseURL: embeddingsUrl }
  })
  const store = await PGVectorStore.initialize(embeddings, { pool, tableName: "langchain", dimensions: 1_536 })
  const splitter = new MarkdownTextSplitter({ chunkSize: 1_200, chunkOverlap: 0 })
  return (files) =>
    inGroups(files, { size: 5, atOnce: 8 }, async (group) => {
      const documents = group.map(read).map(({ name, text }) => new Document({ pageContent: text, metadata: { name } }))
      const chunks = await splitter.splitDocuments(documents)
      await store.addDocuments(chunks)
      return chunks.length
    })
}
