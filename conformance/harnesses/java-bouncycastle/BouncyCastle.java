import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Map;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.util.encoders.Base64;
import org.bouncycastle.util.encoders.DecoderException;

/**
 * A merchant's Java code with Bouncy Castle, as a provider of the JDK's {@code Signature} or, with the argument
 * {@code lightweight}, by its own API. The protocol is that of the java harness.
 */
public class BouncyCastle extends Harness {
    @Override
    String sign(PrivateKey key, byte[] message) throws GeneralSecurityException {
        Signature signer = Signature.getInstance("SHA256withRSA", "BC");
        signer.initSign(key);
        signer.update(message);
        return Base64.toBase64String(signer.sign());
    }

    @Override
    boolean verify(PublicKey key, byte[] message, String header) throws GeneralSecurityException {
        Signature verifier = Signature.getInstance("SHA256withRSA", "BC");
        verifier.initVerify(key);
        verifier.update(message);
        try {
            return verifier.verify(Base64.decode(header));
        } catch (DecoderException | SignatureException e) {
            return false;
        }
    }

    /** The same without the JDK's architecture around it. */
    static final class Lightweight extends BouncyCastle {
        @Override
        String sign(PrivateKey key, byte[] message) throws GeneralSecurityException {
            RSADigestSigner signer = new RSADigestSigner(new SHA256Digest());
            try {
                signer.init(true, PrivateKeyFactory.createKey(key.getEncoded()));
                signer.update(message, 0, message.length);
                return Base64.toBase64String(signer.generateSignature());
            } catch (IOException | CryptoException e) {
                throw new SignatureException(e);
            }
        }

        @Override
        boolean verify(PublicKey key, byte[] message, String header) throws GeneralSecurityException {
            RSADigestSigner verifier = new RSADigestSigner(new SHA256Digest());
            try {
                verifier.init(false, PublicKeyFactory.createKey(key.getEncoded()));
            } catch (IOException e) {
                throw new SignatureException(e);
            }
            verifier.update(message, 0, message.length);
            try {
                return verifier.verifySignature(Base64.decode(header));
            } catch (DecoderException e) {
                return false;
            }
        }
    }

    static final JcaPEMKeyConverter CONVERTER = new JcaPEMKeyConverter().setProvider("BC");

    /** The first object of a PEM file: its class says which. */
    static Object read(String pem) throws Refused, IOException {
        Object found = new PEMParser(new StringReader(pem)).readObject();
        if (found == null) {
            throw new Refused("there is no PEM object in it");
        }
        return found;
    }

    static char[] required(String password) throws Refused {
        if (password == null) {
            throw new Refused("the key is encrypted and no password is given");
        }
        return password.toCharArray();
    }

    @Override
    PrivateKey privateKey(String pem, String password) throws Exception {
        Object found = read(pem);
        if (found instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
            found = encrypted.decryptPrivateKeyInfo(
                    new JceOpenSSLPKCS8DecryptorProviderBuilder().setProvider("BC").build(required(password)));
        } else if (found instanceof PEMEncryptedKeyPair encrypted) {
            found = encrypted.decryptKeyPair(
                    new JcePEMDecryptorProviderBuilder().setProvider("BC").build(required(password)));
        }
        if (found instanceof PEMKeyPair pair) {
            found = pair.getPrivateKeyInfo();
        }
        if (found instanceof PrivateKeyInfo info && CONVERTER.getPrivateKey(info) instanceof RSAPrivateCrtKey key) {
            return key;
        }
        throw new Refused("the PEM object is no private RSA key");
    }

    @Override
    PublicKey publicKey(String pem) throws Exception {
        if (read(pem) instanceof SubjectPublicKeyInfo info && CONVERTER.getPublicKey(info) instanceof RSAPublicKey key) {
            return key;
        }
        throw new Refused("the PEM object is no public RSA key");
    }

    @Override
    PublicKey publicHalf(PrivateKey key) throws GeneralSecurityException {
        RSAPrivateCrtKey rsa = (RSAPrivateCrtKey) key;
        RSAPublicKeySpec spec = new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent());
        return KeyFactory.getInstance("RSA", "BC").generatePublic(spec);
    }

    @Override
    boolean refuses(Throwable e) {
        return super.refuses(e) || e instanceof IOException || e instanceof PKCSException || e instanceof DecoderException;
    }

    @Override
    Map<String, Object> hello() {
        return Map.of("protocol", 1,
                "implementation", Map.of("name", "java-bouncycastle", "language", "Java",
                        "version", Security.getProvider("BC").getVersionStr(),
                        "runtime", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
                        "url", "https://www.bouncycastle.org"),
                "supports", Map.of("sign", FORMS, "verify", FORMS, "load_key", true),
                "max_inflight", 8);
    }

    public static void main(String[] args) throws IOException {
        Security.addProvider(new BouncyCastleProvider());
        (args.length > 0 && args[0].equals("lightweight") ? new Lightweight() : new BouncyCastle()).serve();
    }
}
