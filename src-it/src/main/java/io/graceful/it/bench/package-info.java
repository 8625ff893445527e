/** {@code ./bench}: what the agent costs at the start, at a restart and in between. */
package io.graceful.it.bench;
