import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** Vitest starts large files first; these are small, take 30 s, and would run last beside an idle core. */
const long = ["pipeline/pipeline", "stack/stack"]

class LongFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const isLong = ({ moduleId }: TestSpecification) => long.some((name) => moduleId.endsWith(`/${name}.test.ts`))
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Many tests wait for other processes: four workers take a sixth less time on two cores than three. Each may hold a PGlite
    // of some 300 MB.
    maxWorkers: 4,
    sequence: { sequencer: LongFirst },
    // Modules hold no state of their own here, so that files may share them: a third of the time goes into loading them.
    isolate: false,
    // A file rarely runs long enough to repay V8's optimizing compiler at its usual threshold: a seventh of the processor time.
    // And without freeing replaced WebAssembly code: V8 13.6 aborts there now and then where a process opens and closes many PGlites
    // (nodejs/node#64500).
    execArgv: ["--invocation-count-for-turbofan=30000", "--no-wasm-code-gc"],
    // Ends what hangs: a busy machine may take ten times as long as a calm one.
    testTimeout: 60_000,
    // Room for the first start of PGlite on a slow machine.
    hookTimeout: 120_000
  }
})
