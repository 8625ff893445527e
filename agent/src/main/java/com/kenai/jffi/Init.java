package com.kenai.jffi;

/**
 * Takes the place of jffi's class of this name, which looks for the native library in the
 * application's class path and in the temporary directory only. By the time that jffi calls it our
 * NativeLibrary has loaded it.
 */
final class Init {

  private Init() {}

  static void load() {}
}
