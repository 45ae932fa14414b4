import { describeExecutionStore } from './execution-store.conformance.js';
import { MemoryExecutionStore } from './memory-execution-store.js';

describeExecutionStore('memory', async () => {
  let now = 1_000_000;
  return {
    store: new MemoryExecutionStore(() => now),
    pass: async (ms) => {
      now += ms;
    },
    close: async () => undefined,
  };
});
