package io.graceful.it.load;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;

/** A request that failed, with the kind of failure that it counts as. */
public final class RequestFailed extends Exception {
  private final Failure failure;

  RequestFailed(Failure failure, String detail) {
    super(detail);
    this.failure = failure;
  }

  private RequestFailed(Failure failure, String detail, IOException cause) {
    super(detail + ": " + cause, cause);
    this.failure = failure;
  }

  static RequestFailed connecting(IOException cause) {
    return new RequestFailed(connectFailure(cause), "connecting", cause);
  }

  /**
   * @param during what the client was doing, for the reader of the report
   */
  static RequestFailed transferring(String during, IOException cause) {
    return new RequestFailed(transferFailure(cause), during, cause);
  }

  public Failure failure() {
    return failure;
  }

  private static Failure connectFailure(IOException cause) {
    if (cause instanceof SocketTimeoutException) {
      return Failure.CONNECT_TIMEOUT;
    }
    String message = String.valueOf(cause.getMessage());
    boolean nobodyThere = message.contains("No such file or directory");
    if (cause instanceof ConnectException && message.contains("refused") || nobodyThere) {
      return Failure.REFUSED;
    }
    return message.contains("reset") ? Failure.RESET : Failure.UNEXPECTED;
  }

  private static Failure transferFailure(IOException cause) {
    if (cause instanceof SocketTimeoutException) {
      return Failure.READ_TIMEOUT;
    }
    // Channels throw a bare IOException where sockets throw a SocketException; only the text says
    // what it was.
    String message = String.valueOf(cause.getMessage());
    boolean reset = message.contains("reset") || message.contains("Broken pipe");
    if (cause instanceof SocketException || reset || cause instanceof ClosedChannelException) {
      return Failure.RESET;
    }
    return Failure.UNEXPECTED;
  }
}
