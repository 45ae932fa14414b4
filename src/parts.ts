/** Names under which Nest hands out the parts that are interfaces or plain data; classes are handed out by themselves. */
export const CONFIG = Symbol('Config');
/** The `ExecutionStore`. */
export const STORE = Symbol('ExecutionStore');
/** The shared `Clock`. */
export const CLOCK = Symbol('Clock');
/** The `LoadedPlugins`. */
export const PLUGINS = Symbol('LoadedPlugins');
/** The `Wakeups`. */
export const WAKEUPS = Symbol('Wakeups');
/** The pino `Logger`. */
export const LOGGER = Symbol('Logger');
/** The `CenterReports`. */
export const CENTER_REPORTS = Symbol('CenterReports');
/** The `StandingReports`. */
export const STANDING_REPORTS = Symbol('StandingReports');
/** Gives how many jobs are in which state of the queue, if there is one. */
export const QUEUE_COUNTS = Symbol('QueueCounts');
