using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Mono.Security;
using Mono.Security.Cryptography;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

/// <summary>
/// A merchant's C# code on mono behind the signkit harness protocol (docs/harness-protocol.md). The first half is the
/// merchant, the second the protocol.
/// </summary>
static class Harness {
    // ---- the merchant -----------------------------------------------------------------------------------------------

    /// <summary>The input was understood and is declined.</summary>
    sealed class Refused : Exception {
        public Refused(string why) : base(why) {}
    }

    sealed class Pair {
        public RSA Private, Public;
    }

    static string Sign(RSA key, byte[] message) {
        return Convert.ToBase64String(key.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    static bool Verify(RSA key, byte[] message, string header) {
        try {
            byte[] signature = Convert.FromBase64String(header);
            return key.VerifyData(message, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        } catch (Exception e) when (e is FormatException || e is CryptographicException) {
            return false;
        }
    }

    /// <summary>The short signature of a payout's card details: id, first six and last four digits.</summary>
    static byte[] CardMessage(string id, string number) {
        return Utf8(id + number.Substring(0, 6) + number.Substring(number.Length - 4));
    }

    static byte[] Unarmour(string pem) {
        return Convert.FromBase64String(Regex.Replace(pem, @"-----[^-]+-----|\s", ""));
    }

    /// <summary>mono reads no PEM; Mono.Security reads the DER of PKCS#1 and PKCS#8.</summary>
    static RSA PrivateKey(string pem) {
        if (pem.Contains("ENCRYPTED")) {
            throw new Refused("the key is encrypted, and Mono.Security reads none of today's encrypted forms");
        }
        byte[] der = Unarmour(pem);
        return PKCS8.PrivateKeyInfo.DecodeRSA(
            pem.Contains("BEGIN RSA PRIVATE KEY") ? der : new PKCS8.PrivateKeyInfo(der).PrivateKey);
    }

    /// <summary>The key of a SubjectPublicKeyInfo: SEQUENCE { algorithm, BIT STRING of SEQUENCE { n, e } }.</summary>
    static RSA PublicKey(string pem) {
        ASN1 info = new ASN1(Unarmour(pem));
        if (info.Count != 2 || info[0].Count < 1 || ASN1Convert.ToOid(info[0][0]) != RsaEncryption) {
            throw new Refused("no SubjectPublicKeyInfo of an RSA key");
        }
        ASN1 key = new ASN1(info[1].Value.Skip(1).ToArray()); // without the count of unused bits
        RSA rsa = RSA.Create();
        rsa.ImportParameters(new RSAParameters { Modulus = Unsigned(key[0]), Exponent = Unsigned(key[1]) });
        return rsa;
    }

    const string RsaEncryption = "1.2.840.113549.1.1.1";

    static byte[] Unsigned(ASN1 integer) {
        return integer.Value.SkipWhile(octet => octet == 0).ToArray();
    }

    /// <summary>SHA-256 of the key's SubjectPublicKeyInfo, hex.</summary>
    static string Fingerprint(RSA rsa) {
        RSAParameters parameters = rsa.ExportParameters(false);
        ASN1 algorithm = new ASN1(0x30), key = new ASN1(0x30), info = new ASN1(0x30);
        algorithm.Add(ASN1Convert.FromOid(RsaEncryption));
        algorithm.Add(new ASN1(0x05));
        key.Add(ASN1Convert.FromUnsignedBigInteger(parameters.Modulus));
        key.Add(ASN1Convert.FromUnsignedBigInteger(parameters.Exponent));
        info.Add(algorithm);
        info.Add(new ASN1(0x03, new byte[] { 0 }.Concat(key.GetBytes()).ToArray()));
        using (SHA256 sha256 = SHA256.Create()) {
            return BitConverter.ToString(sha256.ComputeHash(info.GetBytes())).Replace("-", "").ToLowerInvariant();
        }
    }

    // ---- the protocol -----------------------------------------------------------------------------------------------

    static readonly string[] Forms =
        { "request", "card_details", "payout_card_details", "payout_lookup", "response", "webhook" };
    static readonly Dictionary<string, Pair> Keys = new Dictionary<string, Pair>();

    static byte[] Utf8(string text) {
        return new UTF8Encoding(false, true).GetBytes(text);
    }

    static string Text(JObject c, string field) {
        JToken value = c[field];
        if (value == null || value.Type != JTokenType.String) {
            throw new InvalidOperationException("the command has no text field " + field);
        }
        return (string)value;
    }

    static byte[] Bytes(JObject c, string field) {
        return Convert.FromBase64String(Text(c, field));
    }

    static JObject Hello() {
        return JObject.FromObject(new {
            protocol = 1,
            implementation = new {
                name = "mono", version = MonoVersion(), language = "C#",
                runtime = "mono " + MonoVersion() + ", Json.NET " + typeof(JObject).Assembly.GetName().Version,
                url = "https://www.mono-project.com"
            },
            supports = new { sign = Forms, verify = Forms, load_key = true },
            max_inflight = 8
        });
    }

    /// <summary>Such as 6.8.0.105, without what the distribution adds.</summary>
    static string MonoVersion() {
        MethodInfo name = Type.GetType("Mono.Runtime").GetMethod("GetDisplayName", BindingFlags.NonPublic | BindingFlags.Static);
        return ((string)name.Invoke(null, null)).Split(' ')[0];
    }

    static JObject TakeKey(JObject c) {
        bool whole = c["private_pem"] != null && c["private_pem"].Type != JTokenType.Null;
        Pair pair = new Pair { Public = PublicKey(Text(c, "public_pem")) };
        pair.Private = whole ? PrivateKey(Text(c, "private_pem")) : null;
        Keys[Text(c, "name")] = pair;
        return new JObject { { "ok", true } };
    }

    static byte[] Message(JObject c) {
        switch (Text(c, "form")) {
            case "request": return Utf8(Text(c, "method") + Text(c, "url")).Concat(Bytes(c, "body")).ToArray();
            case "card_details": return Utf8(Text(c, "transaction_id"));
            case "payout_card_details": return CardMessage(Text(c, "transaction_id"), Text(c, "card_number"));
            case "payout_lookup": return Utf8(Text(c, "value"));
            case "response":
            case "webhook": return Bytes(c, "body");
            default: throw new InvalidOperationException("unknown form");
        }
    }

    static RSA Key(JObject c, Func<Pair, RSA> half) {
        Pair pair;
        if (!Keys.TryGetValue(Text(c, "key"), out pair) || half(pair) == null) {
            throw new InvalidOperationException("no such key, or no private half");
        }
        return half(pair);
    }

    static JObject Perform(JObject c) {
        string op = Text(c, "op");
        switch (op) {
            case "noop": return new JObject();
            case "sign": return new JObject { { "signature", Sign(Key(c, pair => pair.Private), Message(c)) } };
            case "verify":
                return new JObject { { "valid", Verify(Key(c, pair => pair.Public), Message(c), Text(c, "signature")) } };
            case "load_key":
                RSA key = c["public"] != null
                    ? PublicKey(Latin1.GetString(Bytes(c, "public")))
                    : PrivateKey(Latin1.GetString(Bytes(c, "private")));
                return new JObject { { "fingerprint", Fingerprint(key) } };
            default: throw new InvalidOperationException("unknown op");
        }
    }

    static readonly Encoding Latin1 = Encoding.GetEncoding("iso-8859-1");

    /// <summary>What mono throws for bad data is a refusal, anything else an error.</summary>
    static bool Refuses(Exception e) {
        return e is Refused || e is FormatException || e is CryptographicException;
    }

    static JObject Failure(string kind, string message) {
        return new JObject { { "error", new JObject { { "kind", kind }, { "message", message } } } };
    }

    /// <summary>One answer; null ends the harness. Nothing that a line holds does so otherwise.</summary>
    static JObject Answer(string line) {
        JObject c;
        try {
            using (JsonTextReader reader = new JsonTextReader(new StringReader(line)) { DateParseHandling = DateParseHandling.None }) {
                c = JObject.Load(reader);
            }
        } catch (JsonException) {
            return Failure("protocol", "the line is no JSON object");
        }
        JObject answer;
        try {
            switch (Text(c, "cmd")) {
                case "hello": return Hello();
                case "bye": return null;
                case "key": answer = TakeKey(c); break;
                case "op": answer = Perform(c); break;
                default: throw new InvalidOperationException("unknown command");
            }
        } catch (Exception e) {
            string told = e.GetType().Name + ": " + e.Message;
            answer = Refuses(e) ? new JObject { { "refused", told } } : Failure(e.GetType().Name, told);
        }
        if (c["id"] != null && c["id"].Type == JTokenType.String) {
            answer["id"] = c["id"];
        }
        return answer;
    }

    static void Main() {
        TextReader input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
        TextWriter output = new StreamWriter(Console.OpenStandardOutput(), Encoding.ASCII);
        JsonSerializerSettings ascii = new JsonSerializerSettings { StringEscapeHandling = StringEscapeHandling.EscapeNonAscii };
        for (string line; (line = input.ReadLine()) != null; ) {
            JObject answer = Answer(line);
            if (answer == null) {
                return;
            }
            output.Write(JsonConvert.SerializeObject(answer, ascii) + "\n");
            output.Flush();
        }
    }
}
