import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What a nightly run of a department does: reads every certificate in force, page by page, and verifies one.
 *
 * <p>ZHENGZHAO_URL ZHENGZHAO_CLIENT_ID ZHENGZHAO_CLIENT_SECRET ZHENGZHAO_USE_FOR [ZHENGZHAO_ITEM_CODE] [ZHENGZHAO_PAGE]
 */
public final class Report {
    private static final String CERTIFICATES = """
        query Certificates($first: Int!, $after: String) {
          safetyOfficerCertificates(where: { status: { eq: VALID } }, first: $first, after: $after) {
            pageInfo { hasNextPage endCursor }
            nodes { identifier number status validTo categoryCode { code label } }
          }
        }
        """;

    private static final String VERIFY = """
        query Verify($id: ID!) {
          verifyCertificate(id: $id) { result genuine status reasons { code message } }
        }
        """;

    // The words are Chinese whatever the machine's locale says.
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static final PrintStream ERR = new PrintStream(System.err, true, StandardCharsets.UTF_8);

    public static void main(String[] arguments) throws InterruptedException {
        try {
            report();
        } catch (Hub.HubException error) {
            ERR.println("错误 error: " + error.getMessage());
            System.exit(1);
        }
    }

    private static void report() throws Hub.HubException, InterruptedException {
        var purpose = new HashMap<>(Map.of("useFor", required("ZHENGZHAO_USE_FOR")));
        var item = System.getenv("ZHENGZHAO_ITEM_CODE");
        if (item != null && !item.isEmpty()) {
            purpose.put("itemCode", item);
        }
        var id = required("ZHENGZHAO_CLIENT_ID");
        var hub = new Hub(required("ZHENGZHAO_URL"), id, required("ZHENGZHAO_CLIENT_SECRET"), purpose);
        var first = Integer.valueOf(System.getenv().getOrDefault("ZHENGZHAO_PAGE", "100"));

        hub.token();
        OUT.println("令牌 token: " + hub.lifetime() + " s");

        var certificates = new ArrayList<Map<String, Object>>();
        var masked = new TreeSet<String>();
        var pages = 0;
        var variables = new HashMap<String, Object>(Map.of("first", first));
        boolean more;
        do {
            var answer = hub.run(CERTIFICATES, variables);
            var page = Json.object(answer.data().get("safetyOfficerCertificates"));
            var info = Json.object(page.get("pageInfo"));
            pages++;
            certificates.addAll(Json.objects(page.get("nodes")));
            masked.addAll(answer.masked());
            variables.put("after", info.get("endCursor"));
            more = Boolean.TRUE.equals(info.get("hasNextPage"));
        } while (more);

        OUT.println("证照 certificates: " + certificates.size() + "，页 pages: " + pages);
        OUT.println("脱敏 masked: " + (masked.isEmpty() ? "-" : String.join(" ", masked)));
        for (var one : certificates) {
            var category = Json.object(one.get("categoryCode"));
            var parts = List.of(text(one, "number", "-"), text(one, "status", "-"), text(one, "validTo", "-"), text(category, "code", "-"));
            OUT.println(("  " + String.join("  ", parts) + " " + text(category, "label", "")).stripTrailing());
        }

        if (certificates.isEmpty()) {
            return;
        }
        var chosen = text(certificates.get(0), "identifier", "");
        var verified = Json.object(hub.run(VERIFY, Map.of("id", chosen)).data().get("verifyCertificate"));
        OUT.println("验证 verified: " + chosen);
        OUT.println("  " + verified.get("result") + "，真实 genuine: " + verified.get("genuine") + "，状态 status: " + verified.get("status"));
        for (var reason : Json.objects(verified.get("reasons"))) {
            OUT.println("  " + reason.get("code") + ": " + reason.get("message"));
        }
    }

    private static String text(Map<String, Object> object, String name, String otherwise) {
        return object.get(name) == null ? otherwise : String.valueOf(object.get(name));
    }

    private static String required(String name) throws Hub.HubException {
        var value = System.getenv(name);
        if (value == null || value.isEmpty()) {
            throw new Hub.HubException("SETTINGS", "请设置环境变量 set the environment variable " + name);
        }
        return value;
    }
}
