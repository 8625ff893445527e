/**
 * A load client that can fail: every request is sent once, and whatever goes wrong is counted under
 * its own name.
 *
 * <p>It is written on plain blocking sockets with its own small HTTP/1.1 reader on purpose. HTTP
 * client libraries retry a GET whose connection was closed, quietly replace pooled connections and
 * follow the server's wishes; each of that would hide the very failures that a restart causes.
 */
package io.graceful.it.load;
