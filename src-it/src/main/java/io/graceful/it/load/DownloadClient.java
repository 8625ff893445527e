package io.graceful.it.load;

/** Downloads known content slowly, and looks at every byte. */
final class DownloadClient extends SingleRequestClient {
  private final long bytes;
  private final int millis;

  DownloadClient(Run run, Tally tally, long bytes, int millis) {
    super(run, tally);
    this.bytes = bytes;
    this.millis = millis;
  }

  @Override
  void request(Connection connection) throws RequestFailed {
    String path = "/download?bytes=" + bytes + "&ms=" + millis;
    Request.get(connection, path, Request.Afterwards.CLOSE, new KnownContent(bytes));
  }
}
