import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.util.ToolRunner;
import org.apache.log4j.BasicConfigurator;
import org.apache.log4j.Level;
import org.apache.parquet.cli.Main;
import org.slf4j.Logger;
import org.slf4j.helpers.MessageFormatter;

/**
 * Runs commands of parquet-cli one after the other, which saves the start of a Java process for
 * each. One JSON array of arguments a line on standard input, one JSON object a line on standard
 * output, {"status": ..., "out": ...}.
 */
public final class ParquetCLI {
  private ParquetCLI() {}

  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    System.setOut(System.err);
    BasicConfigurator.configure();
    org.apache.log4j.Logger.getRootLogger().setLevel(Level.WARN);
    // Commands print through a logger that only Main's hidden constructor takes.
    Constructor<Main> constructor = Main.class.getDeclaredConstructor(Logger.class);
    constructor.setAccessible(true);
    ObjectMapper json = new ObjectMapper();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      StringBuilder text = new StringBuilder();
      Logger console =
          (Logger)
              Proxy.newProxyInstance(
                  ParquetCLI.class.getClassLoader(),
                  new Class<?>[] {Logger.class},
                  (proxy, method, a) -> {
                    if (method.getReturnType() == boolean.class) {
                      return true;
                    }
                    if (a != null && a[0] instanceof String) {
                      Object[] rest =
                          a.length == 2 && a[1] instanceof Object[]
                              ? (Object[]) a[1]
                              : Arrays.copyOfRange(a, 1, a.length);
                      text.append(MessageFormatter.arrayFormat((String) a[0], rest).getMessage());
                      text.append('\n');
                    }
                    return method.getReturnType() == String.class ? "console" : null;
                  });
      Map<String, Object> answer = new LinkedHashMap<>();
      try {
        Main main = constructor.newInstance(console);
        answer.put("status", ToolRunner.run(main, json.readValue(line, String[].class)));
      } catch (Exception e) {
        text.append(e);
        answer.put("status", -1);
      }
      answer.put("out", text.toString());
      out.println(json.writeValueAsString(answer));
      out.flush();
    }
  }
}
