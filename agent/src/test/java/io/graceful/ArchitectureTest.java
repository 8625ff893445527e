package io.graceful;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.graceful.hooks.Bridge;

/** Packages are layers, and imports point down. */
@AnalyzeClasses(
    packagesOf = GracefulAgent.class,
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule imports_point_down =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("entry")
          .definedBy(equivalentTo(GracefulAgent.class))
          .layer("composition root")
          .definedBy("io.graceful.agent")
          .layer("cli")
          .definedBy("io.graceful.cli")
          .layer("restart")
          .definedBy("io.graceful.restart")
          .layer("move")
          .definedBy("io.graceful.move")
          .layer("relay")
          .definedBy("io.graceful.relay")
          .layer("control")
          .definedBy("io.graceful.control")
          .layer("supervisor")
          .definedBy("io.graceful.supervisor")
          .layer("handover")
          .definedBy("io.graceful.handover")
          .layer("systemd")
          .definedBy("io.graceful.systemd")
          .layer("notice")
          .definedBy("io.graceful.notice")
          .layer("process")
          .definedBy("io.graceful.process")
          .layer("drain")
          .definedBy("io.graceful.drain")
          .layer("sockets")
          .definedBy("io.graceful.sockets")
          .layer("hooks")
          .definedBy("io.graceful.hooks")
          .layer("os")
          .definedBy("io.graceful.os")
          .layer("for anyone")
          .definedBy("io.graceful.config", "io.graceful.log")
          .whereLayer("entry")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("composition root")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("cli")
          .mayOnlyBeAccessedByLayers("composition root")
          .whereLayer("restart")
          .mayOnlyBeAccessedByLayers("composition root")
          .whereLayer("control")
          .mayOnlyBeAccessedByLayers("composition root", "cli")
          .whereLayer("control")
          .mayOnlyAccessLayers("os", "for anyone")
          .whereLayer("supervisor")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("supervisor")
          .mayOnlyAccessLayers("systemd", "os", "for anyone")
          .whereLayer("systemd")
          .mayOnlyBeAccessedByLayers("composition root", "restart", "process", "supervisor")
          .whereLayer("systemd")
          .mayOnlyAccessLayers("os", "for anyone")
          .whereLayer("handover")
          .mayOnlyBeAccessedByLayers("composition root", "restart")
          .whereLayer("move")
          .mayOnlyBeAccessedByLayers("composition root", "restart")
          .whereLayer("relay")
          .mayOnlyBeAccessedByLayers("move")
          .whereLayer("notice")
          .mayOnlyBeAccessedByLayers("restart")
          .whereLayer("notice")
          .mayOnlyAccessLayers("process", "os", "for anyone")
          .whereLayer("process")
          .mayOnlyBeAccessedByLayers("composition root", "restart", "notice")
          .whereLayer("drain")
          .mayOnlyBeAccessedByLayers("composition root", "restart", "move")
          .whereLayer("hooks")
          .mayOnlyBeAccessedByLayers("composition root", "restart", "move")
          .whereLayer("sockets")
          .mayOnlyBeAccessedByLayers(
              "composition root", "restart", "handover", "process", "drain", "move")
          .whereLayer("for anyone")
          .mayNotAccessAnyLayer()
          .whereLayer("os")
          .mayOnlyAccessLayers("for anyone")
          .whereLayer("cli")
          .mayOnlyAccessLayers("control", "supervisor", "os", "for anyone")
          .ensureAllClassesAreContainedInArchitecture();

  @ArchTest
  static final ArchRule packages_have_no_cycles =
      slices().matching("io.graceful.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule only_os_knows_the_c_library =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.graceful.os")
          .should()
          .dependOnClassesThat(resideInAPackage("com.kenai.jffi.."));

  @ArchTest
  static final ArchRule only_hooks_knows_bytecode =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.graceful.hooks")
          .should()
          .dependOnClassesThat(resideInAPackage("net.bytebuddy.jar.asm.."));

  @ArchTest
  static final ArchRule only_control_knows_json =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.graceful.control")
          .should()
          .dependOnClassesThat(resideInAPackage("com.google.gson.."));

  @ArchTest
  static final ArchRule only_cli_knows_its_libraries =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.graceful.cli")
          .should()
          .dependOnClassesThat(resideInAnyPackage("picocli..", "net.bytebuddy.agent.."));

  @ArchTest
  static final ArchRule nobody_needs_another_library =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideOutsideOfPackages(
                  "java..",
                  "io.graceful..",
                  "com.kenai.jffi..",
                  "net.bytebuddy.jar.asm..",
                  "net.bytebuddy.agent..",
                  "com.google.gson..",
                  "picocli..",
                  "sun.misc"));

  @ArchTest
  static final ArchRule only_os_knows_the_jdks_signals =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.graceful.os", "sun.misc")
          .should()
          .dependOnClassesThat(resideInAPackage("sun.misc"));

  @ArchTest
  static final ArchRule what_the_application_sees_depends_on_the_jdk_only =
      classes()
          .that(equivalentTo(GracefulAgent.class))
          .should()
          .onlyDependOnClassesThat(
              resideInAPackage("java..").or(equivalentTo(GracefulAgent.class)));

  @ArchTest
  static final ArchRule what_goes_into_java_base_depends_on_the_jdk_only =
      classes()
          .that(equivalentTo(Bridge.class))
          .should()
          .onlyDependOnClassesThat(resideInAPackage("java..").or(equivalentTo(Bridge.class)));

  @ArchTest
  static final ArchRule modules_that_a_trimmed_runtime_lacks_are_not_linked =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAPackage("java.lang.management..")
                  .or(resideInAPackage("java.util.logging.."))
                  .or(resideInAPackage("java.sql.."))
                  .or(resideInAPackage("java.beans.."))
                  .or(resideInAPackage("java.rmi.."))
                  .or(resideInAPackage("java.net.http..")));
}
