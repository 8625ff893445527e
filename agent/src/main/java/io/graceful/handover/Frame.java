package io.graceful.handover;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;

/**
 * One message between predecessor and successor: version (1 byte), type (1 byte), a number (4
 * bytes), a text (2 bytes of length, modified UTF-8). One packet each, so that the kernel keeps the
 * borders. See docs/lifeline.md.
 */
public final class Frame {

  /** Of this protocol. Both ends must have the same: a frame of another one ends the restart. */
  public static final int VERSION = 1;

  /** The number of a READY whose sender can take open connections. */
  public static final int TAKES_CONNECTIONS = 1;

  /** Characters. Longer texts, which are for people only, are cut. */
  private static final int MAX_TEXT = 8000;

  /** The order is the wire format: append only. */
  public enum Type {
    /** Successor's first: number = its pid, text = version of its jar. */
    HELLO,
    /**
     * Predecessor's answer: number = how many LISTENER frames follow, text = the successor's
     * generation.
     */
    LISTENERS,
    /** text = key; carries the descriptor. */
    LISTENER,
    /** Successor: the app has bound one of them; text = key. */
    CLAIMED,
    /**
     * Successor: the app accepts on every listener, but for those that it was allowed to drop;
     * number = {@link #TAKES_CONNECTIONS} or 0.
     */
    READY,
    /** Predecessor: it no longer accepts. */
    HANDED_OVER,
    /**
     * Predecessor: it takes the restart back; text = why. The successor lets go, finishes its
     * requests and exits.
     */
    ABORT,
    /**
     * Successor: an operator stops it. Its end is no failure, the predecessor shall not serve
     * again.
     */
    STOPPING,
    /**
     * Predecessor: number = its name for it, text = key of its listener; carries an open
     * connection.
     */
    CONNECTION,
    /** Successor: the app has accepted that connection; the predecessor forgets it. */
    TAKEN,
    /** Successor: the app can't have it; text = why. It stays with the predecessor. */
    REJECTED,
    /** Successor: a client of this listener has begun with an HTTP/1.x request; text = key. */
    SPEAKS_HTTP,
    /** Predecessor: it is about to exit, and can't serve again any more. */
    EXITING
  }

  private final Type type;
  private final int number;
  private final String text;

  public Frame(Type type, int number, String text) {
    this.type = type;
    this.number = number;
    this.text = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
  }

  public Type type() {
    return type;
  }

  public int number() {
    return number;
  }

  public String text() {
    return text;
  }

  byte[] encode() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(VERSION);
    out.writeByte(type.ordinal());
    out.writeInt(number);
    out.writeUTF(text);
    return bytes.toByteArray();
  }

  /**
   * @throws IOException if it is not a whole frame of this version; the message says what was wrong
   */
  static Frame decode(byte[] packet) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(packet));
    int version = packet.length == 0 ? -1 : in.readUnsignedByte();
    if (version != VERSION) {
      throw new IOException(
          "its graceful.jar speaks version "
              + version
              + " of the protocol, ours version "
              + VERSION);
    }
    if (packet.length < 8) {
      throw new IOException("frame of " + packet.length + " bytes is too short");
    }
    int type = in.readUnsignedByte();
    if (type >= Type.values().length) {
      throw new IOException("unknown frame type " + type);
    }
    Frame frame;
    try {
      frame = new Frame(Type.values()[type], in.readInt(), in.readUTF());
    } catch (EOFException cut) {
      throw new IOException("frame of " + packet.length + " bytes is cut", cut);
    }
    if (in.available() > 0) {
      throw new IOException(in.available() + " bytes too many in a frame of type " + frame.type);
    }
    return frame;
  }

  @Override
  public String toString() {
    return type + "(" + number + ", " + text + ")";
  }
}
