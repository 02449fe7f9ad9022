import { PGVectorStore } from "@llamaindex/postgres"
import { Client } from "pg"
import { answer, DATABASE_URL, embeddings, vector } from "./given.mjs"

const client = new Client({ connectionString: DATABASE_URL })
await client.connect()
const store = new PGVectorStore({ client, tableName: "accessa_llamaindex", performSetup: false, embeddingModel: embeddings })
const { nodes } = await store.query({ queryEmbedding: vector, similarityTopK: 4, mode: "default" })
answer(nodes.map((node) => ({ text: node.text, filename: node.metadata.filename })))
await client.end()
