package io.graceful.move;

/** What became of the connections of one restart. */
final class Tally {

  int moved;
  int ended;
  int handedBack;
  int cut;

  void clear() {
    moved = 0;
    ended = 0;
    handedBack = 0;
    cut = 0;
  }

  @Override
  public String toString() {
    return "moved " + moved + ", ended " + ended + ", handed back " + handedBack + ", cut " + cut;
  }
}
