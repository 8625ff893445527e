/** {@code ./campaign scale} and {@code ./bench handover}: thousands of connections at a restart. */
package io.graceful.it.scale;
