/**
 * LlamaIndex.TS as its documentation shows it: ingestion pipeline with Markdown parser, OpenAI embeddings, store on
 * pgvector. Its sentence splitter fails on a document that quotes a special token, such as <|im_start|>.
 */
import { OpenAIEmbedding } from "@llamaindex/openai"
import { PGVectorStore } from "@llamaindex/postgres"
import { Document, IngestionPipeline, MarkdownNodeParser, Settings } from "llamaindex"
import postgres from "postgres"

export const prepare = async ({ databaseUrl, embeddingsUrl, inGroups, read }) => {
  const embedding = new OpenAIEmbedding({
    apiKey: "none",
    baseURL: embeddingsUrl,
    model: "text-embedding-3-small",
    embedBatchSize: 256
  })
  Settings.embedModel = embedding
  const client = postgres(databaseUrl, { max: 16, onnotice: () => {} })
  await client`CREATE EXTENSION IF NOT EXISTS vector`
  const vectorStore = new PGVectorStore({ client, schemaName: "public", tableName: "llamaindex", dimensions: 1_536 })
  // Creates the table; several groups at once would race for it.
  await vectorStore.client()
  vectorStore.performSetup = false
  const pipeline = new IngestionPipeline({
    transformations: [new MarkdownNodeParser(), embedding],
    vectorStore,
    disableCache: true
  })
  return (files) =>
    inGroups(files, { size: 5, atOnce: 8 }, async (group) => {
      const documents = group.map(read).map(({ name, text }) => new Document({ text, metadata: { name } }))
      return (await pipeline.run({ documents })).length
    })
}
