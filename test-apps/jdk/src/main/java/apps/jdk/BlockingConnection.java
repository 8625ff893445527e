package apps.jdk;

import apps.App;
import apps.jdk.http.Dialogue;
import apps.jdk.http.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.function.IntSupplier;

/** A connection that has a thread of its own. */
final class BlockingConnection implements Runnable {

  private final ByteChannel channel;
  private final Dialogue dialogue;
  private final ByteBuffer in = ByteBuffer.allocate(16 * 1024);

  BlockingConnection(ByteChannel channel, IntSupplier peerPort, App app) {
    this.channel = channel;
    this.dialogue = new Dialogue(app, peerPort);
    in.flip();
  }

  @Override
  public void run() {
    try (ByteChannel closing = channel) {
      do {
        writeAnswers(closing);
      } while (!dialogue.isOver() && read(closing));
    } catch (IOException e) {
      // The client went away or was idle too long: nobody to tell.
    }
  }

  private void writeAnswers(ByteChannel out) throws IOException {
    for (Step step = dialogue.next(in); step != null; step = dialogue.next(in)) {
      App.sleep(step.pauseMillis);
      while (step.bytes.hasRemaining()) {
        out.write(step.bytes);
      }
    }
  }

  private boolean read(ByteChannel from) throws IOException {
    in.clear();
    int n = from.read(in);
    in.flip();
    return n >= 0;
  }
}
