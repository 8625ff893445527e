package io.graceful.it.junit;

import io.graceful.it.app.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test its {@link Servers}: the logs of all generations go to a directory of the test, are
 * shown if it fails, and no process outlives it.
 */
public final class ServersExtension implements ParameterResolver, AfterEachCallback {
  private static final Namespace NAMESPACE = Namespace.create(ServersExtension.class);
  private static final int TAIL = 60;

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Servers.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            Servers.class, key -> new Servers(emptyDirectory(context)), Servers.class);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Servers servers = context.getStore(NAMESPACE).get(Servers.class, Servers.class);
    if (servers == null) {
      return;
    }
    boolean failed = context.getExecutionException().isPresent();
    if (failed) {
      servers.started().forEach(Server::dumpThreads);
    }
    servers.started().forEach(Server::close);
    if (failed) {
      servers.started().forEach(server -> printLogs(context, server));
    }
  }

  /** Where everything that tests leave behind is. */
  public static Path logs() {
    return Path.of(System.getProperty("graceful.it.logs", "target/it-logs"))
        .toAbsolutePath()
        .normalize();
  }

  private static void printLogs(ExtensionContext context, Server server) {
    System.out.printf(
        "%n%s: %s failed%n", context.getRequiredTestClass().getSimpleName(), name(context));
    printTail(server.directory().resolve("stdout.log"), server.stdout());
    printTail(server.directory().resolve("stderr.log"), server.stderr());
  }

  private static void printTail(Path file, List<String> lines) {
    System.out.printf("--- %s (%d lines)%n", file, lines.size());
    lines.stream().skip(Math.max(0, lines.size() - TAIL)).forEach(System.out::println);
  }

  private static Path emptyDirectory(ExtensionContext context) {
    return emptyDirectory(context.getRequiredTestClass().getSimpleName(), name(context));
  }

  /** For what a test leaves behind, without what an earlier run of it has left there. */
  public static Path emptyDirectory(String test, String run) {
    Path directory = logs().resolve(test).resolve(run);
    if (Files.exists(directory)) {
      try (Stream<Path> earlierRun = Files.walk(directory)) {
        for (Path path : earlierRun.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      } catch (IOException e) {
        throw new IllegalStateException("can't delete the logs of an earlier run", e);
      }
    }
    return directory;
  }

  private static String name(ExtensionContext context) {
    String method = context.getRequiredTestMethod().getName();
    String display =
        context.getDisplayName().replaceAll("[^A-Za-z0-9.]+", "-").replaceAll("^-|-$", "");
    return display.startsWith(method) ? method : method + "-" + display;
  }
}
