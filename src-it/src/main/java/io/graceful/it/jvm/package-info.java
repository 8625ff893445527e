/** JDKs, processes and what the kernel tells about them. Nothing here knows what a process does. */
package io.graceful.it.jvm;
