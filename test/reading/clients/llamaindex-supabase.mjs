import { SupabaseVectorStore } from "@llamaindex/supabase"
import { createClient } from "@supabase/supabase-js"
import { ANON_KEY, answer, embeddings, SUPABASE_URL, USER_TOKEN, vector } from "./given.mjs"

const supabase = createClient(SUPABASE_URL, ANON_KEY, { global: { headers: { Authorization: `Bearer ${USER_TOKEN}` } } })
const store = new SupabaseVectorStore({ client: supabase, table: "accessa_chunks", embeddingModel: embeddings })
const { nodes } = await store.query({ queryEmbedding: vector, similarityTopK: 4, mode: "default" })
answer(nodes.map((node) => ({ text: node.text, filename: node.metadata.filename })))
