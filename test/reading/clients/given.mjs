/** What the test gives to each client, and how the client answers: its passages, as JSON. */
import { env, stdout } from "node:process"

export const { ANON_KEY, DATABASE_URL, SUPABASE_URL, USER_TOKEN } = env
export const vector = Array.from({ length: 1536 }, (_, dimension) => dimension === 0 ? 1 : 0)
/** In place of a model. */
export const embeddings = { embedQuery: async () => vector, embedDocuments: async (texts) => texts.map(() => vector) }

export const answer = (passages) => stdout.write(JSON.stringify(passages))
