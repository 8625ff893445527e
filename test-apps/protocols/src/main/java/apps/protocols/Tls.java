package apps.protocols;

import apps.App;
import java.io.File;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** TLS with a self-signed certificate that the first run leaves for the others. */
final class Tls {

  private static final String PASSWORD = "no secret";

  private Tls() {}

  static ServerSocket serverSocket(App app) throws Exception {
    Path file = app.state().path("tls.p12");
    if (!Files.exists(file)) {
      makeCertificate(file);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context.getServerSocketFactory().createServerSocket();
  }

  private static void makeCertificate(Path file) throws Exception {
    Process keytool =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/keytool",
                "-genkeypair",
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "30",
                "-alias",
                "app",
                "-dname",
                "CN=localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(new File("/dev/null"))
            .start();
    if (keytool.waitFor() != 0) {
      throw new IllegalStateException("keytool exited with " + keytool.exitValue());
    }
  }
}
