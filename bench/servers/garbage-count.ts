import { GCProfiler, getHeapStatistics } from 'node:v8';

/** What a process allocates: all that its heap grew by between one collection and the next. */
export class GarbageCount {
  private readonly profiler = new GCProfiler();
  private readonly bytesBefore = heapBytes();

  constructor() {
    this.profiler.start();
  }

  /** Bytes since it was made, in the heap of V8 and beside it. */
  end(): number {
    const { statistics } = this.profiler.stop();
    let allocated = 0;
    let left = this.bytesBefore;
    for (const { beforeGC, afterGC } of statistics) {
      allocated += bytesOf(beforeGC.heapStatistics) - left;
      left = bytesOf(afterGC.heapStatistics);
    }
    return allocated + heapBytes() - left;
  }
}

function heapBytes(): number {
  const { used_heap_size: usedHeapSize, external_memory: externalMemory } = getHeapStatistics();
  return bytesOf({ usedHeapSize, externalMemory });
}

function bytesOf(heap: { readonly usedHeapSize: number; readonly externalMemory: number }): number {
  return heap.usedHeapSize + heap.externalMemory;
}
