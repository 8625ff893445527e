/**
 * The units of docs/systemd.md and docs/takeover.md under a real systemd, which is there for this
 * alone: see campaigns/own-systemd.sh.
 */
package io.graceful.it.systemd;
