/** {@code ./demo}: a server that is restarted under load, and a timeline of who answers. */
package io.graceful.it.demo;
