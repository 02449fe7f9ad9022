import { createClient } from "@supabase/supabase-js"
import { ANON_KEY, answer, SUPABASE_URL, USER_TOKEN, vector } from "./given.mjs"

const supabase = createClient(SUPABASE_URL, ANON_KEY, { global: { headers: { Authorization: `Bearer ${USER_TOKEN}` } } })
const { data, error } = await supabase.rpc("match_documents", { query_embedding: vector, match_count: 4, filter: {} })
if (error !== null) throw error
answer(data.map(({ content, metadata }) => ({ text: content, filename: metadata.filename })))
