/**
 * Things that go wrong in and around a restart, done on purpose to a server under load, each with
 * what must be true afterwards.
 */
package io.graceful.it.faults;
