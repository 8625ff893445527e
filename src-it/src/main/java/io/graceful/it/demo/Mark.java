package io.graceful.it.demo;

/** What can happen to a process of the server, with the letter that shows it. */
enum Mark {
  SIGNALLED('U', "kill -USR2"),
  READY('R', "ready"),
  HANDED_OVER('H', "handed over"),
  EXITED('X', "exited");

  final char letter;
  final String meaning;

  Mark(char letter, String meaning) {
    this.letter = letter;
    this.meaning = meaning;
  }
}
