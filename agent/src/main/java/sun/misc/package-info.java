/**
 * Declarations to compile against: the Java 8 API that we keep to does not show these classes, but
 * every JDK has them (module jdk.unsupported). They are not in the jar, and at run time the JDK's
 * own are found first.
 */
package sun.misc;
