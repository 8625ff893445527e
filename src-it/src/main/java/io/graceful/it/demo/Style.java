package io.graceful.it.demo;

/** Colours, or none. The width of a text is that of what goes in. */
record Style(boolean coloured) {
  private static final int[] GENERATIONS = {36, 32, 33, 35};
  private static final int RED = 31;

  String dim(String text) {
    return in(2, text);
  }

  String bold(String text) {
    return in(1, text);
  }

  String alarm(String text) {
    return in(RED, text);
  }

  /** Each process of the server has a colour of its own. */
  String generation(int number, String text) {
    return in(GENERATIONS[number % GENERATIONS.length], text);
  }

  private String in(int code, String text) {
    return coloured && !text.isBlank() ? "\033[" + code + "m" + text + "\033[0m" : text;
  }
}
