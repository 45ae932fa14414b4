import type { GovernorSettings } from '../config/governor.js';
import type { Instant } from '../core/alert.js';
import { DEFAULT_GOVERNOR } from '../core/governor.js';
import type { Surroundings } from '../core/template.js';
import { configSpan, type ConfigSource } from '../telemetry/config-span.js';
import { fallbackOf, type FallbackContext } from './fallback-context.js';
import type { Names } from './names.js';
import type { Problem } from './problem.js';
import { buildSnapshot, type BuiltSnapshot, type Snapshot } from './snapshot.js';
import { displayed, readSources, type Sources } from './source-files.js';
import { FileWatch } from './file-watch.js';

/** Where the catalogue comes from, and what it is held against. */
export interface CatalogOptions {
  /** Folder of runbooks. */
  readonly folder: string;
  /** Path of topology.yaml, when there is one. */
  readonly topology?: string;
  readonly names: Names;
  /** What templates read as `config`. */
  readonly config?: Surroundings['config'];
  /** Limits across all runbooks; those of the core when left out. */
  readonly governor?: GovernorSettings;
  /** The shared clock. */
  readonly now: () => Instant;
}

/** What came of the first load: a catalogue, with what somebody should hear; or everything that is wrong. */
export type Opened =
  | { readonly ok: true; readonly catalog: Catalog; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What came of a reload; a new edition that is not activated leaves the old one in force. */
export type Reloaded =
  | { readonly activated: true; readonly changed: boolean; readonly snapshot: Snapshot }
  | {
      readonly activated: false;
      readonly because: 'broken' | 'empty' | 'shrunk';
      readonly problems: readonly Problem[];
    };

/** How the catalogue is, for people and metrics. */
export interface CatalogStatus {
  readonly version: string;
  readonly loadedAt: Instant;
  readonly lastAttemptAt: Instant;
  /** Since when no newer edition could be taken; absent while the newest one is in force. */
  readonly refusedSince?: Instant;
  /** What was wrong with the last edition; empty when it is the one in force. */
  readonly problems: readonly Problem[];
}

/** A reload that would take away a larger part of the runbooks is taken for an accident. */
const MAX_LOSS = 0.3;

/** Keeps the snapshot in force: there is always one, and only a better one takes its place (I12). */
export class Catalog {
  private readonly files: FileWatch;
  private attempt: { readonly at: Instant; readonly digest: string; readonly result: Reloaded };
  private refusedSince: Instant | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private judged: (result: Reloaded, ms: number) => void = () => undefined;

  private constructor(
    private readonly options: CatalogOptions,
    private snapshot: Snapshot,
  ) {
    this.attempt = {
      at: snapshot.loadedAt,
      digest: snapshot.version,
      result: { activated: true, changed: true, snapshot },
    };
    this.files = new FileWatch(options.folder, options.topology);
  }

  /** Loads the catalogue for the first time: whatever is wrong then stops the start; an empty folder is only warned of. */
  static async open(options: CatalogOptions): Promise<Opened> {
    const traced = configSpan(sourcesOf(options));
    const built = await build(await readSources(options.folder, options.topology), options, options.now());
    traced(built.ok ? { version: shown(built.snapshot.version) } : { refused: 'broken' });
    if (!built.ok) return built;
    const { snapshot } = built;
    return { ok: true, catalog: new Catalog(options, snapshot), warnings: snapshot.warnings };
  }

  /** Where the runbooks are; alerts to try them with may lie in its folder `examples`. */
  get folder(): string {
    return this.options.folder;
  }

  /** The snapshot in force. */
  get current(): Snapshot {
    return this.snapshot;
  }

  /**
   * Reads everything again and swaps the snapshot if the new one is right.
   *
   * @param by with `acceptLoss` somebody says that runbooks are missing on purpose
   */
  reload(by: { readonly acceptLoss?: boolean } = {}): Promise<Reloaded> {
    return this.inTurn(async () => {
      const began = performance.now();
      return this.take(await this.read(), by.acceptLoss === true, began);
    });
  }

  /** Tells how old the snapshot is and what is wrong with its successor. */
  status(): CatalogStatus {
    const { at, result } = this.attempt;
    const { version, loadedAt } = this.snapshot;
    const { refusedSince } = this;
    return {
      version,
      loadedAt,
      lastAttemptAt: at,
      ...(refusedSince === undefined ? {} : { refusedSince }),
      problems: result.activated ? [] : result.problems,
    };
  }

  /** Why an older edition is in force than the newest one; undefined while the newest is. */
  fallback(): FallbackContext | undefined {
    return fallbackOf(this.attempt.result, this.options.folder);
  }

  /**
   * Says who hears of every edition that is looked at, because files changed or because somebody asked.
   *
   * @param judged gets what came of it, and how long it took to read and to judge it, in milliseconds
   */
  onJudged(judged: (result: Reloaded, ms: number) => void): void {
    this.judged = judged;
  }

  /**
   * Reloads whenever files change, until `close`.
   *
   * @param onReload hears of every edition once, whether it was activated or not
   */
  watch(onReload: (reloaded: Reloaded) => void): void {
    this.files.start(() =>
      this.inTurn(async () => {
        const began = performance.now();
        const sources = await this.read();
        if (sources.digest !== this.attempt.digest) onReload(await this.take(sources, false, began));
      }),
    );
  }

  /** Stops watching. */
  close(): void {
    this.files.stop();
  }

  private read(): Promise<Sources> {
    return readSources(this.options.folder, this.options.topology);
  }

  private async take(sources: Sources, acceptLoss: boolean, began: number): Promise<Reloaded> {
    const now = this.options.now();
    const traced = configSpan(sourcesOf(this.options));
    const result = await this.judge(sources, acceptLoss, now);
    traced({ version: shown(sources.digest), ...(result.activated ? {} : { refused: result.because }) });
    this.attempt = { at: now, digest: sources.digest, result };
    if (result.activated) this.snapshot = result.snapshot;
    this.refusedSince = result.activated ? undefined : (this.refusedSince ?? now);
    this.judged(result, performance.now() - began);
    return result;
  }

  private async judge(sources: Sources, acceptLoss: boolean, now: Instant): Promise<Reloaded> {
    const built = await build(sources, this.options, now);
    if (!built.ok) return { activated: false, because: 'broken', problems: built.problems };
    const { snapshot } = built;
    if (snapshot.version === this.snapshot.version) return { activated: true, changed: false, snapshot: this.snapshot };
    const before = namesIn(this.snapshot);
    const after = new Set(namesIn(snapshot));
    const lost = before.filter((name) => !after.has(name));
    if (acceptLoss || lost.length <= before.length * MAX_LOSS) return { activated: true, changed: true, snapshot };
    return {
      activated: false,
      because: after.size === 0 ? 'empty' : 'shrunk',
      problems: [this.lossProblem(lost, before)],
    };
  }

  private lossProblem(lost: readonly string[], before: readonly string[]): Problem {
    const message = `${lost.length} of ${before.length} runbooks are gone (${lost.slice(0, 10).join(', ')}${lost.length > 10 ? ', ...' : ''}): taken for an accident; if it is meant, reload with acceptLoss or restart`;
    return { file: displayed(this.options.folder), line: 1, column: 1, message };
  }

  /** One load after the other: an older edition must not overtake a newer one. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work);
    this.last = next.catch(() => undefined);
    return next;
  }
}

/** As lines of the log have it in `config_version`. */
function shown(version: string): string {
  return version.slice(0, 12);
}

function sourcesOf({ folder, topology }: CatalogOptions): ConfigSource[] {
  return [folder, topology].flatMap((path) => (path === undefined ? [] : { source: 'file', path, format: 'yaml' }));
}

function build(sources: Sources, options: CatalogOptions, now: Instant): Promise<BuiltSnapshot> {
  const { names, config = {}, governor = DEFAULT_GOVERNOR } = options;
  return buildSnapshot(sources, { names, config, governor }, now);
}

function namesIn({ runbooks, resting }: Snapshot): string[] {
  return [...runbooks.keys(), ...resting.keys()];
}
