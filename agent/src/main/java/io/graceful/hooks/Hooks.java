package io.graceful.hooks;

import io.graceful.os.JavaBase;
import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/**
 * Installs the hooks, each when its class is loaded: a program that never opens a socket pays for
 * nothing, not even for loading the bytecode library.
 */
public final class Hooks implements ClassFileTransformer {

  /**
   * Both are called on a thread that loads a class. No lambda: this is on the way of every start.
   */
  public interface Observer {
    /** {@link #selfTest} can be run, but not on this thread. */
    void onHooked();

    /**
     * @param problem in words: a JDK or library is not as expected
     */
    void onHookProblem(String problem);
  }

  private final Instrumentation instrumentation;
  private final BiPredicate<Object, Object> binder;
  private final Observer observer;
  private volatile Hook[] active = BindHooks.ALL;
  private final FileDescriptor testDescriptor = new FileDescriptor();
  private volatile boolean testPassed;

  /**
   * What was put into which class, or was not found there: by class loader (null is the boot
   * loader) and name.
   */
  private final Map<ClassLoader, Map<String, Set<Hook>>> tried = new WeakHashMap<>();

  /** Null as long as there are vital hooks only. */
  private volatile Findings findings;

  private BiConsumer<Object, Object> acceptor;
  private volatile boolean guardExpected;
  private boolean guardable;
  private boolean guarded;
  private Class<?> bridge;

  /**
   * @param binder asked before each bind, on the app's thread; see {@link Bridge#binder}
   */
  public Hooks(
      Instrumentation instrumentation, BiPredicate<Object, Object> binder, Observer observer) {
    this.instrumentation = instrumentation;
    this.binder = binder;
    this.observer = observer;
  }

  /**
   * What {@link #guard} needs changed is so in classes that are loaded from now on. To change them
   * later, and have the compiler look at them again, costs the app some of its speed for good. To
   * be called before {@link #install}.
   */
  public void expectGuard() {
    guardExpected = true;
  }

  /** For classes that are loaded from now on. */
  public void install() {
    instrumentation.addTransformer(this, true);
  }

  /**
   * For classes that are loaded already, because another agent used them, say. Looks at all of
   * them.
   */
  public void changeLoaded() throws UnmodifiableClassException {
    retransformLoaded(active);
  }

  /**
   * From now on the app can't delete the files for which the predicate answers true; it is told
   * that it has.
   */
  public void keepFiles(Predicate<String> keeper) throws IOException {
    try {
      JavaBase.field(bridge(), "keeper").set(null, keeper);
      activate(DeleteHooks.ALL);
      retransformLoaded(DeleteHooks.ALL);
    } catch (ReflectiveOperationException | UnmodifiableClassException refused) {
      throw new IOException("can't hook the deletion of files: " + refused, refused);
    }
  }

  /**
   * Tells of each TCP connection that the app accepts from now on, on the app's thread; see {@link
   * Bridge#acceptor}. To be called once, before {@link #install}. What could not be hooked is known
   * when its class is loaded: see {@link #missing}.
   */
  public void watchAccepts(BiConsumer<Object, Object> acceptor) {
    this.acceptor = acceptor;
    activate(AcceptHooks.ALL);
  }

  /** Does on this thread what the app's would have to do when it opens its first socket. */
  public void prepareBind() throws IOException {
    try {
      bridge();
      Class.forName(BindHooks.NIO.className());
    } catch (ReflectiveOperationException | LinkageError failed) {
      throw new IOException("can't hook the binding of sockets: " + failed, failed);
    }
  }

  private void prepareGuard() throws IOException {
    try {
      if (!guardable) {
        bridge();
        activate(GuardHooks.ALL);
        retransformLoaded(GuardHooks.ALL);
        guardable = true;
      }
    } catch (ReflectiveOperationException
        | UnmodifiableClassException
        | LinkageError
        | InternalError refused) {
      throw new IOException("can't guard the closing of connections: " + refused, refused);
    }
    List<String> problems = findings.problems(GuardHooks.ALL);
    if (!problems.isEmpty()) {
      throw new IOException("can't guard the closing of connections: " + problems);
    }
  }

  /**
   * From now on the app holds this in each call that closes a connection or changes its place in an
   * epoll; see {@link Bridge#guard}. A thread that is in such a call already does not, so the
   * caller leaves these some time. Later calls of this method leave the first guard in its place.
   * To be called by one thread at a time.
   *
   * @throws IOException also in later calls, if a class that is loaded has not the calls that it
   *     should: connections can't be moved
   */
  public void guard(Lock guard) throws IOException {
    if (!guarded) {
      try {
        JavaBase.field(bridge(), "guard").set(null, guard);
      } catch (ReflectiveOperationException refused) {
        throw new IOException("can't guard the closing of connections: " + refused, refused);
      }
      guarded = true;
    }
    prepareGuard();
  }

  /**
   * Tells of each TCP connection that the app is about to make from now on, on the app's thread;
   * see {@link Bridge#connector}.
   */
  public void watchConnects(IntConsumer connector) throws IOException {
    try {
      JavaBase.field(bridge(), "connector").set(null, connector);
      activate(ConnectHooks.ALL);
      retransformLoaded(ConnectHooks.ALL);
    } catch (ReflectiveOperationException
        | UnmodifiableClassException
        | LinkageError
        | InternalError refused) {
      throw new IOException("can't hook the making of connections: " + refused, refused);
    }
  }

  /**
   * What {@link #watchAccepts} and {@link #guard} did not find where it should be, in words:
   * classes that are not loaded yet may add to it. Connections can't be moved, but everything else
   * works.
   */
  public List<String> missing() {
    Findings current = findings;
    return current == null ? Collections.<String>emptyList() : current.problems(active);
  }

  /** Whenever a class is changed, all hooks in it must be put in again. */
  private synchronized void activate(Hook... more) {
    if (findings == null) {
      findings = new Findings();
    }
    Set<Hook> all = new LinkedHashSet<>(Arrays.asList(active));
    all.addAll(Arrays.asList(more));
    active = all.toArray(new Hook[0]);
  }

  private void retransformLoaded(Hook... hooks) throws UnmodifiableClassException {
    List<Class<?>> loaded = new ArrayList<>();
    for (Class<?> type : instrumentation.getAllLoadedClasses()) {
      Set<Hook> wanted = hooksIn(type.getName(), hooks);
      if (!wanted.isEmpty()
          && !triedIn(type.getClassLoader(), type.getName()).containsAll(wanted)) {
        loaded.add(type);
      }
    }
    if (!loaded.isEmpty()) {
      instrumentation.retransformClasses(loaded.toArray(new Class<?>[0]));
    }
  }

  /**
   * Sends a bind that can't harm (on a descriptor that was never opened) through the JDK's own
   * method, and sees whether it arrives here.
   *
   * @return null if it did, else what is wrong
   */
  public String selfTest() {
    try {
      Method bind = null;
      for (Method method : Class.forName(BindHooks.NIO.className()).getDeclaredMethods()) {
        if (method.getName().equals(BindHooks.NIO.method) && method.getParameterCount() == 4) {
          bind = method;
        }
      }
      bind.setAccessible(true);
      bind.invoke(null, null, testDescriptor, InetAddress.getLoopbackAddress(), 1);
      return testPassed ? null : "a bind does not reach the agent";
    } catch (ReflectiveOperationException | RuntimeException failed) {
      return "a bind does not reach the agent: "
          + (failed.getCause() == null ? failed : failed.getCause());
    }
  }

  /** Called by the JVM for every class that is loaded, so the first look must be cheap. */
  @Override
  public byte[] transform(
      ClassLoader loader,
      String className,
      Class<?> redefined,
      ProtectionDomain domain,
      byte[] original) {
    if (className == null) {
      return null;
    }
    if (guardExpected && isGuarded(className)) {
      activate(GuardHooks.ALL);
      guardExpected = false;
    }
    for (Hook hook : active) {
      if (hook.isIn(className)) {
        return hooked(loader, className, original, hooksIn(className, active));
      }
    }
    return null;
  }

  /** Without loading the hooks, which a program that never opens a socket does not need. */
  private static boolean isGuarded(String className) {
    switch (className) {
      case GuardHooks.UNIX_DISPATCHER:
      case GuardHooks.SOCKET_DISPATCHER:
      case GuardHooks.PLAIN_SOCKET:
      case GuardHooks.SOCKET_CLEANABLE:
      case GuardHooks.EPOLL_WRAPPER:
      case GuardHooks.EPOLL_SELECTOR:
      case GuardHooks.EPOLL_PORT:
      case GuardHooks.EPOLL_POLLER:
        return true;
      default:
        return className.endsWith(GuardHooks.NETTYS_DESCRIPTOR)
            || className.endsWith(GuardHooks.NETTYS_EPOLL);
    }
  }

  private byte[] hooked(ClassLoader loader, String className, byte[] original, Set<Hook> hooks) {
    String name = className.replace('/', '.');
    triedIn(loader, name).addAll(hooks);
    try {
      bridge();
      HookWriter writer = new HookWriter();
      byte[] changed = writer.write(original, hooks);
      Set<Hook> done = writer.done();
      hooks.removeAll(done);
      if (!hooks.isEmpty() && isVital(hooks, name + " has no " + inWords(hooks) + " as expected")) {
        return null;
      }
      noteFound(done);
      if (done.contains(BindHooks.NIO)) {
        observer.onHooked();
      }
      return done.isEmpty() ? null : changed;
    } catch (Throwable failure) {
      isVital(hooks, "can't hook " + name + ": " + failure);
      return null;
    }
  }

  /** For callers to add to. */
  private Set<Hook> triedIn(ClassLoader loader, String name) {
    synchronized (tried) { // No lambda: see Observer.
      Map<String, Set<Hook>> ofLoader = tried.get(loader);
      if (ofLoader == null) {
        ofLoader = new HashMap<>();
        tried.put(loader, ofLoader);
      }
      Set<Hook> ofClass = ofLoader.get(name);
      if (ofClass == null) {
        ofClass = ConcurrentHashMap.newKeySet();
        ofLoader.put(name, ofClass);
      }
      return ofClass;
    }
  }

  private void noteFound(Set<Hook> done) {
    for (Hook hook : done) {
      if (!hook.isVital()) {
        findings.found(hook);
      }
    }
  }

  /** Tells whom it concerns, and whether that is everybody. */
  private boolean isVital(Set<Hook> absent, String problem) {
    boolean vital = false;
    for (Hook hook : absent) {
      if (hook.isVital()) {
        vital = true;
      } else {
        findings.missing(hook, problem);
      }
    }
    if (vital) {
      observer.onHookProblem(problem);
    }
    return vital;
  }

  private static String inWords(Set<Hook> absent) {
    StringBuilder words = new StringBuilder();
    for (Hook hook : absent) {
      words.append(words.length() == 0 ? "" : " and no ").append(hook);
    }
    return words.toString();
  }

  private static Set<Hook> hooksIn(String className, Hook... among) {
    Set<Hook> found = null; // For almost all classes it remains so.
    for (Hook hook : among) {
      if (hook.isIn(className)) {
        found = found == null ? new LinkedHashSet<>() : found;
        found.add(hook);
      }
    }
    return found == null ? Collections.emptySet() : found;
  }

  private synchronized Class<?> bridge() throws ReflectiveOperationException, IOException {
    if (bridge == null) {
      Class<?> defined = BridgeDefiner.define(instrumentation);
      JavaBase.field(defined, "binder").set(null, (BiPredicate<Object, Object>) this::onBind);
      if (acceptor != null) {
        JavaBase.field(defined, "acceptor").set(null, acceptor);
      }
      bridge = defined;
    }
    return bridge;
  }

  private boolean onBind(Object fd, Object address) {
    if (fd == testDescriptor) {
      testPassed = true;
      return true;
    }
    return binder.test(fd, address);
  }
}
