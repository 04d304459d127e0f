import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.hive.ql.parse.ASTNode;
import org.apache.hadoop.hive.ql.parse.ParseDriver;

/**
 * Parses Hive statements: one JSON string a line on standard input, one JSON object a line on
 * standard output, {"tree": ...} or {"error": ...}.
 */
public final class HiveParser {
  private HiveParser() {}

  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    System.setOut(System.err);
    ObjectMapper json = new ObjectMapper();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Map<String, String> answer = new LinkedHashMap<>();
      try {
        ASTNode tree = new ParseDriver().parse(json.readValue(line, String.class)).getTree();
        answer.put("tree", tree.toStringTree());
      } catch (Exception e) {
        answer.put("error", String.valueOf(e.getMessage()));
      }
      out.println(json.writeValueAsString(answer));
      out.flush();
    }
  }
}
