/** LlamaIndex.TS as its documentation shows it: ingestion pipeline with sentence splitter, OpenAI embeddings, store on pgvector. */
import { OpenAIEmbedding } from "@llamaindex/openai"
import { PGVectorStore } from "@llamaindex/postgres"
import { Document, IngestionPipeline, SentenceSplitter, Settings } from "llamaindex"
import postgres from "postgres"

// Its own fails on a document that quotes a special token, such as <|im_start|>; this one is faster.
const tokenizer = { encode: (text) => new Uint32Array(Math.ceil(text.length / 4)), decode: () => "" }

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
    transformations: [new SentenceSplitter({ chunkSize: 300, chunkOverlap: 0, tokenizer }), embedding],
    vectorStore,
    disableCache: true
  })
  return (files) =>
    inGroups(files, { size: 5, atOnce: 8 }, async (group) => {
      const documents = group.map(read).map(({ name, text }) => new Document({ text, metadata: { name } }))
      return (await pipeline.run({ documents })).length
    })
}
