package io.graceful.restart;

import io.graceful.sockets.ListenerKey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** All who hear how a restart goes on. For the reactor's thread only. */
final class Audience implements Progress {

  private final List<Progress> members = new ArrayList<>();

  /** From now on. */
  void join(Progress member) {
    members.add(member);
  }

  private void tell(Consumer<Progress> what) {
    members.forEach(what);
  }

  @Override
  public void spawned(int pid) {
    tell(member -> member.spawned(pid));
  }

  @Override
  public void agentStarted() {
    tell(Progress::agentStarted);
  }

  @Override
  public void claimed(ListenerKey listener, int claimed, int all) {
    tell(member -> member.claimed(listener, claimed, all));
  }

  @Override
  public void accepting(int successor) {
    tell(member -> member.accepting(successor));
  }

  @Override
  public void held(int successor) {
    tell(member -> member.held(successor));
  }

  @Override
  public void handedOver(int successor) {
    tell(member -> member.handedOver(successor));
  }

  @Override
  public void draining(int moved, int left) {
    tell(member -> member.draining(moved, left));
  }

  @Override
  public void failed(String reason) {
    tell(member -> member.failed(reason));
  }

  @Override
  public void done() {
    tell(Progress::done);
  }
}
