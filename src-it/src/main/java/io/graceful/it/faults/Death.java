package io.graceful.it.faults;

import io.graceful.it.jvm.ProcessId;

/**
 * When a process died, by {@link System#nanoTime()}.
 *
 * @param begun not before this
 * @param over not after this
 */
record Death(ProcessId process, long begun, long over) {}
