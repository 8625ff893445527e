package io.graceful.os;

/** The shutdown hooks run already: expected in a program that ends as soon as it has started. */
public final class JvmIsEndingException extends RuntimeException {

  private static final long serialVersionUID = 1;

  JvmIsEndingException(IllegalStateException hooksRun) {
    super(hooksRun);
  }
}
