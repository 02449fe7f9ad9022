/** `pnpm mock:openai`: OpenAI's embeddings without an account. */
import { launch } from "./launch.ts"
import { MockOpenAILive } from "./mockLayers.ts"

launch("mock-openai", MockOpenAILive)
