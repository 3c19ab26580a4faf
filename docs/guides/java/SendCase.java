import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Sends one case to Jingui and waits until it is archived. Java 17, standard library only.
 *
 * <p>java SendCase.java http://127.0.0.1:8000 KEY_ID SECRET form.pdf
 */
public class SendCase {
    private static final String SCHEME = "JG-HMAC-SHA256";
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final String server;
    private final String keyId;
    private final byte[] secret;

    SendCase(String server, String keyId, String secret) {
        this.server = server;
        this.keyId = keyId;
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
    }

    public static void main(String[] arguments) throws Exception {
        var source = new SendCase(arguments[0], arguments[1], arguments[2]);
        var file = Path.of(arguments[3]);
        var number = "JAVA-" + Instant.now().getEpochSecond();
        var path = "/api/v1/cases/" + number;
        source.json("/api/v1/cases", """
            {"case_number": "%s", "title": "张三 居住证申领", "item_code": "11539900MB002106333002009018001",
             "applicant": {"name": "张三", "kind": "person"}, "received_at": "2026-03-02T09:06:00+08:00",
             "channel": "counter", "region_code": "539900"}""".formatted(number));
        var query = Map.of("material", "A01", "name", file.getFileName().toString());
        source.send("PUT", path + "/files/A01-01", query, Files.readAllBytes(file), "application/octet-stream");
        source.json(path + "/steps", """
            {"steps": [{"step_key": "1", "name": "收件", "started_at": "2026-03-02T09:06:00+08:00"}]}""");
        source.json(path + "/closure", """
            {"kind": "withdrawn", "closed_at": "2026-03-03T10:00:00+08:00", "result": "申请人撤回申请"}""");
        for (var attempt = 0; attempt < 100; attempt++) {
            var answer = source.send("GET", path, Map.of(), null, null).body();
            if (answer.contains("\"preserved\"") || answer.contains("\"held\"")) {
                System.out.println(answer);
                return;
            }
            Thread.sleep(300);
        }
        throw new IOException("not archived yet");
    }

    private void json(String path, String body) throws Exception {
        send("POST", path, Map.of(), body.getBytes(StandardCharsets.UTF_8), "application/json");
    }

    /** Sends a request, signed anew each time, until it is taken; a resend never does harm. */
    private HttpResponse<String> send(String method, String path, Map<String, String> query, byte[] body, String type)
            throws Exception {
        for (var pause = 100; ; pause = Math.min(pause * 2, 5000)) {
            try {
                var answer = http.send(request(method, path, query, body, type), HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() / 100 == 2) {
                    return answer;
                }
                if (answer.statusCode() < 500 && answer.statusCode() != 429) {
                    throw new IllegalStateException(answer.statusCode() + " " + answer.body()); // mend it, do not repeat it
                }
            } catch (IOException away) {
                System.err.println("again: " + away);
            }
            Thread.sleep(pause);
        }
    }

    private HttpRequest request(String method, String path, Map<String, String> query, byte[] body, String type)
            throws Exception {
        var time = String.valueOf(Instant.now().getEpochSecond());
        var nonce = UUID.randomUUID().toString();
        var digest = body == null ? "" : "sha-256=:" + base64(MessageDigest.getInstance("SHA-256").digest(body)) + ":";
        var sorted = new TreeMap<>(query).entrySet().stream()
            .map(each -> encode(each.getKey()) + "=" + encode(each.getValue())).collect(Collectors.joining("&"));
        var text = String.join("\n", SCHEME, method, path, sorted, time, nonce, digest);
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        var signature = HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        var request = HttpRequest.newBuilder(URI.create(server + path + (sorted.isEmpty() ? "" : "?" + sorted)))
            .timeout(Duration.ofMinutes(5))
            .header("Authorization", SCHEME + " key=" + keyId + ",time=" + time + ",nonce=" + nonce + ",signature=" + signature);
        if (body == null) {
            return request.method(method, HttpRequest.BodyPublishers.noBody()).build();
        }
        return request.header("Content-Digest", digest).header("Content-Type", type)
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body)).build();
    }

    /** Percent-encodes everything but letters, digits and - . _ ~ */
    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
