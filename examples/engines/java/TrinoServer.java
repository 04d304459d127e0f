import io.trino.server.Server;

/**
 * Starts the Trino server from its library jars: the registry carries the libraries and the Hive
 * plug-in, not the packed server with its launcher.
 */
public final class TrinoServer {
  private TrinoServer() {}

  public static void main(String[] args) {
    new Server().start(args[0]);
  }
}
