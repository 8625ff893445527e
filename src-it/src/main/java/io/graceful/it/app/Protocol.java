package io.graceful.it.app;

/** What an app speaks, and over what. */
public enum Protocol {
  HTTP,
  HTTP_OVER_UNIX,
  GRPC,
  /** No listener at all. */
  NOTHING
}
