package io.graceful.os;

import java.io.FileDescriptor;
import java.lang.reflect.Field;

/** The number inside of what hooked code calls a descriptor. */
public final class DescriptorNumber {

  private static volatile Field number;

  private DescriptorNumber() {}

  /**
   * @param descriptor a FileDescriptor, or an Integer; -1 is a closed one
   */
  public static int of(Object descriptor) throws ReflectiveOperationException {
    if (descriptor instanceof Integer) {
      return (Integer) descriptor;
    }
    Field field = number;
    if (field == null) {
      number = field = JavaBase.field(FileDescriptor.class, "fd");
    }
    return field.getInt(descriptor);
  }
}
