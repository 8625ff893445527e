/** The test apps, and servers that run one of them through its generations. */
package io.graceful.it.app;
