import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A merchant's Java client (JDK and Jackson at their defaults) behind the signkit harness protocol
 * (docs/harness-protocol.md). The first half is the merchant, the second the protocol, one op after the other.
 * A harness of another library overrides what signs, verifies and reads keys, and {@code hello}.
 */
public class Harness {
    // ---- the merchant --------------------------------------------------------------------------------------------

    /** The input was understood and is declined. */
    static final class Refused extends Exception {
        Refused(String why) {
            super(why);
        }
    }

    record Pair(PrivateKey privateKey, PublicKey publicKey) {}

    record Message(byte[] bytes, String header) {}

    static final ObjectMapper JSON = new ObjectMapper();
    static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    String sign(PrivateKey key, byte[] message) throws GeneralSecurityException {
        Signature signer = Signature.getInstance("SHA256withRSA");
        signer.initSign(key);
        signer.update(message);
        return Base64.getEncoder().encodeToString(signer.sign());
    }

    boolean verify(PublicKey key, byte[] message, String header) throws GeneralSecurityException {
        Signature verifier = Signature.getInstance("SHA256withRSA");
        verifier.initVerify(key);
        verifier.update(message);
        try {
            return verifier.verify(Base64.getDecoder().decode(header));
        } catch (IllegalArgumentException | SignatureException e) {
            return false;
        }
    }

    /** The short signature of a payout's card details: id, first six and last four digits. */
    static byte[] cardMessage(String id, String number) {
        return (id + number.substring(0, 6) + number.substring(number.length() - 4)).getBytes(UTF_8);
    }

    /** The one query value that a payout look-up signs: of uuid or external_id, whichever is there. */
    static String lookupValue(URI uri) throws Refused {
        List<String> values = new ArrayList<>();
        for (String parameter : (uri.getRawQuery() == null ? "" : uri.getRawQuery()).split("&")) {
            String[] parts = parameter.split("=", 2);
            if (parts.length == 2 && (parts[0].equals("uuid") || parts[0].equals("external_id"))) {
                values.add(URLDecoder.decode(parts[1], UTF_8));
            }
        }
        if (values.size() != 1) {
            throw new Refused("a payout look-up takes exactly one of uuid and external_id");
        }
        return values.get(0);
    }

    static Message toSign(String form, String method, String url, String body) throws Exception {
        return switch (form) {
            case "request" -> new Message((method + url + body).getBytes(UTF_8), "x-signature");
            case "payout_lookup" -> new Message(lookupValue(URI.create(url)).getBytes(UTF_8), "x-signature");
            case "response", "webhook" -> new Message(body.getBytes(UTF_8), "x-signature");
            default -> {
                JsonNode fields = JSON.readTree(body);
                String id = fields.get("transaction_id").asText();
                if (form.equals("card_details")) {
                    yield new Message(id.getBytes(UTF_8), "x-short-signature");
                }
                yield new Message(cardMessage(id, fields.get("number").asText()), "x-short-signature");
            }
        };
    }

    /** Makes the signed request, sends it to the recorder and returns what the recorder received. */
    ObjectNode build(JsonNode c, PrivateKey key) throws Exception {
        String form = text(c, "form"), method = text(c, "method"), url = text(c, "url");
        String body = "";
        URI asked = URI.create(url);
        HttpRequest.Builder builder = HttpRequest.newBuilder(asked).method(method, HttpRequest.BodyPublishers.noBody());
        if (c.has("json_text")) {
            body = JSON.writeValueAsString(JSON.readValue(bytes(c, "json_text"), Object.class));
            builder.method(method, HttpRequest.BodyPublishers.ofString(body)).header("content-type", "application/json");
        }
        Message message = toSign(form, method, url, body);
        builder.header(message.header(), sign(key, message.bytes()));
        if (!form.equals("response") && !form.equals("webhook")) {
            builder.header("x-merchant-id", text(c, "merchant_id"));
        }
        CLIENT.send(builder.uri(towardsRecorder(asked)).build(), HttpResponse.BodyHandlers.discarding());
        return recorded.put("url", origin(asked) + recorded.get("url").asText());
    }

    static byte[] unarmour(String pem) {
        return Base64.getDecoder().decode(pem.replaceAll("-----[^-]+-----", "").replaceAll("\\s", ""));
    }

    PrivateKey privateKey(String pem, String password) throws Exception {
        byte[] der = unarmour(pem);
        if (pem.contains("BEGIN RSA PRIVATE KEY")) {
            der = pkcs8(der);
        }
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
        if (pem.contains("BEGIN ENCRYPTED PRIVATE KEY")) {
            if (password == null) {
                throw new Refused("the key is encrypted and no password is given");
            }
            EncryptedPrivateKeyInfo encrypted;
            try {
                encrypted = new EncryptedPrivateKeyInfo(der);
            } catch (IOException e) {
                throw new Refused("not an encrypted PKCS#8 key: " + e.getMessage());
            }
            String algorithm = encrypted.getAlgParameters().toString(); // PBES2's real name; getAlgName() says only its OID
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray())),
                    encrypted.getAlgParameters());
            spec = encrypted.getKeySpec(cipher);
        }
        return KeyFactory.getInstance("RSA").generatePrivate(spec);
    }

    /** The JDK reads no PKCS#1: put its PKCS#8 envelope around it (version 0, rsaEncryption, octet string). */
    static byte[] pkcs8(byte[] pkcs1) {
        byte[] algorithm = HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");
        return ByteBuffer.allocate(8 + algorithm.length + pkcs1.length)
                .putShort((short) 0x3082).putShort((short) (algorithm.length + 4 + pkcs1.length)).put(algorithm)
                .putShort((short) 0x0482).putShort((short) pkcs1.length).put(pkcs1).array();
    }

    PublicKey publicKey(String pem) throws Exception {
        return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(unarmour(pem)));
    }

    PublicKey publicHalf(PrivateKey key) throws GeneralSecurityException {
        RSAPrivateCrtKey rsa = (RSAPrivateCrtKey) key;
        return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
    }

    // ---- the recorder: the other end of the wire, in this process ------------------------------------------------

    static ServerSocket recorder;
    static volatile ObjectNode recorded; // ops run one at a time, and the recorder writes it before it answers

    static void startRecorder() throws IOException {
        recorder = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(Harness::record);
        thread.setDaemon(true);
        thread.start();
    }

    static void record() {
        while (true) {
            try (Socket wire = recorder.accept()) {
                recorded = receive(new BufferedInputStream(wire.getInputStream()));
                wire.getOutputStream().write("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            } catch (IOException | RuntimeException e) {
                recorded = null; // the client sees the connection end, and the op is answered as an error
            }
        }
    }

    /** Reads a request as it stands on the wire: com.sun.net.httpserver would hand over a parsed target. */
    static ObjectNode receive(InputStream wire) throws IOException {
        String line = line(wire);
        int space = line.indexOf(' ');
        ObjectNode request = JSON.createObjectNode();
        request.put("method", line.substring(0, space)).put("url", line.substring(space + 1, line.lastIndexOf(' ')));
        int length = 0;
        ObjectNode headers = request.putObject("headers");
        for (line = line(wire); !line.isEmpty(); line = line(wire)) {
            String name = line.substring(0, line.indexOf(':')), value = line.substring(line.indexOf(':') + 1).strip();
            if (name.equalsIgnoreCase("content-length")) {
                length = Integer.parseInt(value);
            }
            if (!name.equalsIgnoreCase("host")) { // the recorder's own
                headers.put(name, value);
            }
        }
        return length == 0 ? request.putNull("body") : request.put("body", wire.readNBytes(length));
    }

    /** A line of the head; ISO 8859-1 makes one character of each octet. */
    static String line(InputStream wire) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = wire.read(); octet != '\n'; octet = wire.read()) {
            if (octet < 0) {
                throw new EOFException();
            }
            line.write(octet);
        }
        return line.toString(ISO_8859_1).stripTrailing();
    }

    /** What stands before the target; userinfo is not sent. */
    static String origin(URI uri) {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    /** The URL as it stands, but for scheme and authority. */
    static URI towardsRecorder(URI uri) {
        String rest = uri.toString().substring((uri.getScheme() + "://" + uri.getRawAuthority()).length());
        return URI.create("http://127.0.0.1:" + recorder.getLocalPort() + rest);
    }

    // ---- the protocol --------------------------------------------------------------------------------------------

    static final List<String> FORMS =
            List.of("request", "card_details", "payout_card_details", "payout_lookup", "response", "webhook");
    static final JsonMapper WIRE = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), false, US_ASCII);
    static final Map<String, Pair> KEYS = new HashMap<>();

    static String text(JsonNode c, String field) {
        if (!c.path(field).isTextual()) {
            throw new UnsupportedOperationException("the command has no text field " + field);
        }
        return c.get(field).textValue();
    }

    static byte[] bytes(JsonNode c, String field) {
        return Base64.getDecoder().decode(text(c, field));
    }

    Map<String, Object> hello() {
        return Map.of("protocol", 1,
                "implementation", Map.of("name", "java", "version", System.getProperty("java.version"), "language", "Java",
                        "runtime", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version")
                                + ", Jackson " + JSON.version(),
                        "url", "https://openjdk.org"),
                "supports", Map.of("message", FORMS, "sign", FORMS, "verify", FORMS, "build", FORMS,
                        "minify", true, "load_key", true),
                "max_inflight", 8);
    }

    Map<String, Object> takeKey(JsonNode c) throws Exception {
        PublicKey publicKey = publicKey(text(c, "public_pem"));
        PrivateKey privateKey = c.path("private_pem").isNull() ? null : privateKey(text(c, "private_pem"), null);
        KEYS.put(text(c, "name"), new Pair(privateKey, publicKey));
        return Map.of("ok", true);
    }

    static byte[] message(JsonNode c) {
        return switch (text(c, "form")) {
            case "request" -> concat((text(c, "method") + text(c, "url")).getBytes(UTF_8), bytes(c, "body"));
            case "card_details" -> text(c, "transaction_id").getBytes(UTF_8);
            case "payout_card_details" -> cardMessage(text(c, "transaction_id"), text(c, "card_number"));
            case "payout_lookup" -> text(c, "value").getBytes(UTF_8);
            case "response", "webhook" -> bytes(c, "body");
            default -> throw new UnsupportedOperationException("unknown form");
        };
    }

    static Pair pair(JsonNode c) {
        Pair pair = KEYS.get(text(c, "key"));
        if (pair == null || (pair.privateKey() == null && !text(c, "op").equals("verify"))) {
            throw new UnsupportedOperationException("no such key, or no private half");
        }
        return pair;
    }

    static byte[] concat(byte[] left, byte[] right) {
        return ByteBuffer.allocate(left.length + right.length).put(left).put(right).array();
    }

    Map<String, Object> perform(JsonNode c) throws Exception {
        return switch (text(c, "op")) {
            case "noop" -> Map.of();
            case "message" -> Map.of("value", message(c));
            case "sign" -> Map.of("signature", sign(pair(c).privateKey(), message(c)));
            case "verify" -> Map.of("valid", verify(pair(c).publicKey(), message(c), text(c, "signature")));
            case "build" -> Map.of("request", build(c, pair(c).privateKey()));
            case "minify" -> Map.of("value", JSON.writeValueAsBytes(JSON.readValue(bytes(c, "text"), Object.class)));
            case "load_key" -> {
                PublicKey key = c.has("public")
                        ? publicKey(new String(bytes(c, "public"), ISO_8859_1))
                        : publicHalf(privateKey(new String(bytes(c, "private"), ISO_8859_1), c.path("password").textValue()));
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
                yield Map.of("fingerprint", HexFormat.of().formatHex(digest));
            }
            default -> throw new UnsupportedOperationException("unknown op");
        };
    }

    /** What the JDK and Jackson throw for bad data is a refusal, anything else an error. */
    boolean refuses(Throwable e) {
        return e instanceof Refused || e instanceof JsonProcessingException || e instanceof GeneralSecurityException
                || e instanceof IllegalArgumentException;
    }

    /** Jackson's messages quote the source text, which may hold a card number: its place must do. */
    String explain(Throwable e) {
        if (e instanceof JsonProcessingException json && json.getLocation() != null) {
            return "not JSON at line " + json.getLocation().getLineNr() + ", column " + json.getLocation().getColumnNr();
        }
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    static Map<String, Object> failure(String kind, String message) {
        return new HashMap<>(Map.of("error", Map.of("kind", kind, "message", message)));
    }

    /** One answer; null ends the harness. Nothing that a line holds does so otherwise. */
    Map<String, Object> answer(String line) {
        JsonNode c;
        try {
            c = WIRE.readTree(line);
        } catch (JsonProcessingException | StackOverflowError e) {
            return failure("protocol", "the line is not JSON");
        }
        Map<String, Object> answer;
        try {
            switch (text(c, "cmd")) {
                case "hello": return hello();
                case "bye": return null;
                case "key": answer = takeKey(c); break;
                case "op": answer = perform(c); break;
                default: throw new UnsupportedOperationException("unknown command");
            }
        } catch (Throwable e) {
            answer = refuses(e) ? Map.of("refused", explain(e)) : failure(e.getClass().getSimpleName(), explain(e));
        }
        answer = new HashMap<>(answer);
        if (c.path("id").isTextual()) {
            answer.put("id", c.get("id").textValue());
        }
        return answer;
    }

    void serve() throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line; (line = input.readLine()) != null; ) {
            Map<String, Object> answer = answer(line);
            if (answer == null) {
                break;
            }
            OUT.print(WIRE.writeValueAsString(answer) + "\n");
            OUT.flush();
        }
    }

    public static void main(String[] args) throws IOException {
        startRecorder();
        new Harness().serve();
    }
}
