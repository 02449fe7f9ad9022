import { SupabaseVectorStore } from "@langchain/community/vectorstores/supabase"
import { createClient } from "@supabase/supabase-js"
import { ANON_KEY, answer, embeddings, SUPABASE_URL, USER_TOKEN } from "./given.mjs"

const supabase = createClient(SUPABASE_URL, ANON_KEY, { global: { headers: { Authorization: `Bearer ${USER_TOKEN}` } } })
const store = new SupabaseVectorStore(embeddings, { client: supabase, queryName: "match_documents" })
const found = await store.similaritySearch("When is groundwater insured?", 4, {})
answer(found.map(({ metadata, pageContent }) => ({ text: pageContent, filename: metadata.filename })))
