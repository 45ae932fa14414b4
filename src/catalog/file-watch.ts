import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';

const DEBOUNCE_MS = 100;
const POLL_MS = 30_000;

/**
 * Notices that a folder or a file may have changed. It watches folders, because editors and config maps replace files
 * instead of writing into them, and looks again every 30 s for file systems that tell nothing.
 */
export class FileWatch {
  private watchers: FSWatcher[] = [];
  private soon: NodeJS.Timeout | undefined;
  private poll: NodeJS.Timeout | undefined;

  /**
   * @param folder everything in it counts
   * @param file one more file, elsewhere
   */
  constructor(
    private readonly folder: string,
    private readonly file?: string,
  ) {}

  /** Begins to watch. */
  start(onChange: () => Promise<unknown>): void {
    this.stop();
    this.watchAgain(onChange);
    this.poll = setInterval(() => {
      // The folder itself may have been replaced, and the old watcher would never tell.
      this.watchAgain(onChange);
      void look(onChange);
    }, POLL_MS).unref();
  }

  /** Ends watching. */
  stop(): void {
    clearInterval(this.poll);
    clearTimeout(this.soon);
    for (const watcher of this.watchers) watcher.close();
    this.watchers = [];
  }

  private watchAgain(onChange: () => Promise<unknown>): void {
    for (const watcher of this.watchers) watcher.close();
    const { folder, file } = this;
    const soon = (): void => {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => void look(onChange), DEBOUNCE_MS).unref();
    };
    this.watchers = [
      ...watchFolder(folder, soon),
      ...(file === undefined ? [] : watchFolder(dirname(file), (name) => (concerns(file, name) ? soon() : undefined))),
    ];
  }
}

/** A Kubernetes config map changes all its files by turning the link `..data`. */
function concerns(file: string, name: string | null): boolean {
  return name === null || name === '..data' || name === basename(file);
}

/** A look that fails is repeated by the next poll. */
async function look(onChange: () => Promise<unknown>): Promise<void> {
  await onChange().catch(() => undefined);
}

function watchFolder(folder: string, onEvent: (name: string | null) => void): FSWatcher[] {
  try {
    const watcher = watch(folder, { persistent: false }, (_, name) => onEvent(name));
    // A folder that goes away is found again by polling.
    watcher.on('error', () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}
