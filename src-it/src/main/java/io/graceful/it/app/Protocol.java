package io.graceful.it.app;

/** What an app speaks, and over what. */
public enum Protocol {
  HTTP,
  HTTP_OVER_UNIX,
  HTTP_OVER_TLS,
  /** Each connection begins with a line of the PROXY protocol. */
  HTTP_BEHIND_PROXY,
  /** Lines of text, the first of which is the server's greeting. */
  LINES,
  GRPC,
  /** No listener at all. */
  NOTHING
}
