/**
 * {@code ./bench}: what the agent costs at the start, at a restart and in between, and what its
 * clients notice.
 */
package io.graceful.it.bench;
