package io.graceful.control;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one end says to the other: a JSON object (RFC 8259) on a line of its own. Reads and writes
 * token by token: a tree of the library's own would cost each agent another 1.5 MB.
 */
public final class Message {

  /** Of the protocol. */
  public static final int VERSION = 1;

  /** A String, Long, Boolean, Message, or List of these; null for what we have no use for. */
  private final Map<String, Object> members = new LinkedHashMap<>();

  /** What a client says first. */
  public static Message request(String command) {
    return new Message().with("version", VERSION).with("command", command);
  }

  /**
   * @param event what it is about
   */
  public static Message event(String event) {
    return new Message().with("event", event);
  }

  /**
   * @throws IOException if it is anything else than one; the message says what
   */
  public static Message parse(String text) throws IOException {
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    try {
      if (reader.peek() != JsonToken.BEGIN_OBJECT) {
        throw new IOException("not one JSON object");
      }
      Message message = object(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new IOException("not one JSON object: something follows it");
      }
      return message;
    } catch (MalformedJsonException | EOFException wrong) {
      throw new IOException("not one JSON object", wrong);
    }
  }

  private static Message object(JsonReader reader) throws IOException {
    Message message = new Message();
    reader.beginObject();
    while (reader.hasNext()) {
      message.members.put(reader.nextName(), value(reader));
    }
    reader.endObject();
    return message;
  }

  private static Object value(JsonReader reader) throws IOException {
    switch (reader.peek()) {
      case STRING:
        return reader.nextString();
      case BOOLEAN:
        return reader.nextBoolean();
      case NUMBER:
        return parsed(reader.nextString());
      case BEGIN_OBJECT:
        return object(reader);
      case BEGIN_ARRAY:
        return list(reader);
      default:
        reader.skipValue();
        return null;
    }
  }

  private static Long parsed(String digits) {
    try {
      return Long.valueOf(digits);
    } catch (NumberFormatException fractionOrTooLarge) {
      return null;
    }
  }

  private static List<Object> list(JsonReader reader) throws IOException {
    List<Object> list = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      list.add(value(reader));
    }
    reader.endArray();
    return list;
  }

  /** Loads what it takes to read and write one. */
  public static void preload() {
    try {
      parse(event("").with("number", 0).with("is", true).toString());
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  public Message with(String name, String value) {
    members.put(name, value);
    return this;
  }

  public Message with(String name, long value) {
    members.put(name, value);
    return this;
  }

  public Message with(String name, boolean value) {
    members.put(name, value);
    return this;
  }

  public Message with(String name, Message value) {
    members.put(name, value);
    return this;
  }

  /** Of texts, or of messages. */
  public Message with(String name, Collection<?> values) {
    members.put(name, new ArrayList<>(values));
    return this;
  }

  /** Empty if there is none of this name, or it is no text. */
  public String text(String name) {
    Object value = members.get(name);
    return value instanceof String ? (String) value : "";
  }

  /** 0 if there is none of this name, or it is no integer. */
  public long number(String name) {
    Object value = members.get(name);
    return value instanceof Long ? (Long) value : 0;
  }

  /** Whether it is there, and true. */
  public boolean isTrue(String name) {
    return Boolean.TRUE.equals(members.get(name));
  }

  /** One without members if there is none of this name, or it is no object. */
  public Message message(String name) {
    Object value = members.get(name);
    return value instanceof Message ? (Message) value : new Message();
  }

  /** Those of the list's members that are texts. */
  public List<String> texts(String name) {
    return membersOf(name, String.class);
  }

  /** Those of the list's members that are objects. */
  public List<Message> messages(String name) {
    return membersOf(name, Message.class);
  }

  private <T> List<T> membersOf(String name, Class<T> type) {
    List<T> found = new ArrayList<>();
    Object list = members.get(name);
    if (list instanceof List) {
      for (Object member : (List<?>) list) {
        if (type.isInstance(member)) {
          found.add(type.cast(member));
        }
      }
    }
    return found;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Message && members.equals(((Message) other).members);
  }

  @Override
  public int hashCode() {
    return members.hashCode();
  }

  /** On one line. */
  @Override
  public String toString() {
    StringWriter text = new StringWriter();
    try (JsonWriter writer = new JsonWriter(text)) {
      write(this, writer);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return text.toString();
  }

  private static void write(Object value, JsonWriter writer) throws IOException {
    if (value instanceof Message) {
      writer.beginObject();
      for (Map.Entry<String, Object> member : ((Message) value).members.entrySet()) {
        write(member.getValue(), writer.name(member.getKey()));
      }
      writer.endObject();
    } else if (value instanceof List) {
      writer.beginArray();
      for (Object member : (List<?>) value) {
        write(member, writer);
      }
      writer.endArray();
    } else if (value instanceof Long) {
      writer.value((Long) value);
    } else if (value instanceof Boolean) {
      writer.value((Boolean) value);
    } else {
      writer.value((String) value);
    }
  }
}
