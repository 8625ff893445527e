package io.graceful.move;

/** What became of the connections of one restart. */
final class Tally {

  int moved;
  int ended;
  int handedBack;
  int cut;

  /** On its way when the successor died, which had begun to serve it. */
  int lost;

  void clear() {
    moved = 0;
    ended = 0;
    handedBack = 0;
    cut = 0;
    lost = 0;
  }

  /**
   * Of a restart that was taken back.
   *
   * @param here are served here again
   */
  String takenBack(int here) {
    int gone = moved + lost;
    String away =
        gone == 0
            ? "no connection had moved"
            : count(gone) + " had moved and " + (gone == 1 ? "is" : "are") + " lost";
    return away + ", " + count(here) + (here == 1 ? " comes" : " come") + " back";
  }

  private static String count(int connections) {
    return connections + (connections == 1 ? " connection" : " connections");
  }

  @Override
  public String toString() {
    return "moved " + moved + ", ended " + ended + ", handed back " + handedBack + ", cut " + cut;
  }
}
