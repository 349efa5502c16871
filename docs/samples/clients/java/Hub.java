import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A connection to a certificate hub: asks for access tokens, sends purposes, waits when told to, and says in words what went wrong.
 * Java 17 or newer, nothing but its standard library. Not for several threads at once.
 */
public final class Hub {
    private static final int ATTEMPTS = 6;
    /** Whoever is told to wait longer had better be seen by a person. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    /** So long before its end a token is not used any more. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(DEADLINE).build();
    private final URI url;
    private final String clientId;
    private final String clientSecret;
    private final Map<String, String> purpose;
    private String token;
    private Instant until = Instant.MIN;

    public Hub(String url, String clientId, String clientSecret, Map<String, String> purpose) {
        this.url = URI.create(url);
        this.clientId = clientId;
        this.clientSecret = clientSecret;
        this.purpose = Map.copyOf(purpose);
    }

    /** What the hub answered; {@code masked} names the selections that this client sees masked or not at all. */
    public record Answer(Map<String, Object> data, List<String> masked) {}

    /** The hub refused. The code is one of the codes in its interface documents, or one of RFC 6749 ({@code invalid_client}). */
    public static final class HubException extends Exception {
        private static final long serialVersionUID = 1;
        private final String code;

        public HubException(String code, String message) {
            super(code + ": " + message);
            this.code = code;
        }

        public String code() {
            return code;
        }
    }

    private record Received(int status, Map<String, Object> json) {}

    /** Runs one operation. Throws where the hub answers any error, also beside data: half an answer is not acted upon. */
    public Answer run(String query, Map<String, Object> variables) throws HubException, InterruptedException {
        var body = Json.write(Map.of("query", query, "variables", variables, "extensions", Map.of("purpose", purpose)));
        var received = ask(body);
        if (received.status == 401) {
            token = null; // it was revoked before its end: another one, once
            received = ask(body);
        }
        for (var error : Json.objects(received.json.get("errors"))) {
            var path = Json.list(error.get("path")).stream().map(String::valueOf).collect(Collectors.joining("."));
            var code = Json.object(error.get("extensions")).getOrDefault("code", "INTERNAL");
            throw new HubException(String.valueOf(code), error.get("message") + (path.isEmpty() ? "" : " (" + path + ")"));
        }
        if (received.json.get("data") == null) {
            throw new HubException("INTERNAL", "HTTP " + received.status + " without data");
        }
        var masked = Json.list(Json.object(received.json.get("extensions")).get("masked"));
        return new Answer(Json.object(received.json.get("data")), masked.stream().map(String::valueOf).toList());
    }

    /** Seconds for which the present token may be used. */
    public long lifetime() {
        return token == null ? 0 : Math.round(Duration.between(Instant.now(), until).toMillis() / 1000.0);
    }

    /** The present access token, or a new one. */
    public String token() throws HubException, InterruptedException {
        if (token != null && lifetime() > MARGIN.toSeconds()) {
            return token;
        }
        var form = "grant_type=client_credentials&client_id=" + encoded(clientId) + "&client_secret=" + encoded(clientSecret);
        var received = send("/oauth/token", form, Map.of("Content-Type", "application/x-www-form-urlencoded"));
        if (!(received.json.get("access_token") instanceof String granted)) {
            var why = received.json.getOrDefault("error_description", "HTTP " + received.status + " without a token");
            throw new HubException(String.valueOf(received.json.getOrDefault("error", "INTERNAL")), String.valueOf(why));
        }
        token = granted;
        until = Instant.now().plusSeconds(received.json.get("expires_in") instanceof Number seconds ? seconds.longValue() : 0);
        return token;
    }

    private Received ask(String body) throws HubException, InterruptedException {
        var headers = new LinkedHashMap<String, String>();
        headers.put("Authorization", "Bearer " + token());
        headers.put("Content-Type", "application/json");
        headers.put("Accept", "application/graphql-response+json");
        return send("/graphql", body, headers);
    }

    /** Posts; again after a while where the hub says that it is asked too often (429) or cannot answer now (503). */
    private Received send(String path, String body, Map<String, String> headers) throws HubException, InterruptedException {
        var request = HttpRequest.newBuilder(url.resolve(path)).timeout(DEADLINE).header("Accept-Language", "zh-CN");
        headers.forEach(request::header);
        request.POST(HttpRequest.BodyPublishers.ofString(body));
        for (int attempt = 1; ; attempt++) {
            HttpResponse<String> response;
            try {
                response = http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            } catch (IOException error) {
                var why = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
                throw new HubException("UNREACHABLE", url + ": " + why);
            }
            var status = response.statusCode();
            var otherwise = 1L << (attempt - 1);
            var wait = Duration.ofSeconds(response.headers().firstValueAsLong("Retry-After").orElse(otherwise));
            var later = status == 429 || status == 503;
            if (!later || attempt == ATTEMPTS || wait.compareTo(LONGEST_WAIT) > 0) {
                return new Received(status, parsed(status, response.body()));
            }
            Thread.sleep(wait.toMillis());
        }
    }

    private static Map<String, Object> parsed(int status, String body) throws HubException {
        try {
            if (Json.read(body) instanceof Map<?, ?> object) {
                return Json.object(object);
            }
        } catch (IllegalArgumentException notJson) {
            // Said below: something between here and the hub answered in its place.
        }
        throw new HubException("UNREACHABLE", "HTTP " + status + ", no JSON: is this the address of a hub?");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
