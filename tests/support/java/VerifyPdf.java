import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Judges PDFs of the hub with other people's code: PDFBox reads, BouncyCastle verifies SM2 over SM3 and the certificates up to the root.
 *
 *   java -cp … VerifyPdf.java root.pem file.pdf…      a line for each file: `true` or `false: why`
 */
public final class VerifyPdf {
    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        X509Certificate root = certificate(Files.readAllBytes(new File(arguments[0]).toPath()));
        for (int place = 1; place < arguments.length; place++) {
            System.out.println(judge(Files.readAllBytes(new File(arguments[place]).toPath()), root));
        }
    }

    private static String judge(byte[] pdf, X509Certificate root) {
        try (PDDocument document = PDDocument.load(pdf)) {
            List<PDSignature> signatures = document.getSignatureDictionaries();
            if (signatures.size() != 1) {
                return "false: " + signatures.size() + " signatures";
            }
            PDSignature signature = signatures.get(0);
            int[] range = signature.getByteRange();
            if (range[0] != 0 || range[2] + range[3] != pdf.length) {
                return "false: the signature does not cover the whole file";
            }
            byte[] content = signature.getSignedContent(pdf);
            CMSSignedData signed = new CMSSignedData(new CMSProcessableByteArray(content), signature.getContents(pdf));
            SignerInformation signer = signed.getSignerInfos().getSigners().iterator().next();
            X509CertificateHolder own = (X509CertificateHolder) signed.getCertificates().getMatches(signer.getSID()).iterator().next();
            if (!signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(own))) {
                return "false: the signature is wrong";
            }
            return chain(own, signed, root);
        } catch (Exception fault) {
            return "false: " + fault;
        }
    }

    /** From the signer up to the root: each certificate signed by the next. */
    private static String chain(X509CertificateHolder own, CMSSignedData signed, X509Certificate root) throws Exception {
        X509Certificate at = certificate(own.getEncoded());
        for (int step = 0; step < 8; step++) {
            if (at.getIssuerX500Principal().equals(root.getSubjectX500Principal())) {
                at.verify(root.getPublicKey(), "BC");
                return "true";
            }
            X509Certificate above = null;
            for (X509CertificateHolder other : signed.getCertificates().getMatches(null)) {
                X509Certificate candidate = certificate(other.getEncoded());
                if (candidate.getSubjectX500Principal().equals(at.getIssuerX500Principal())) {
                    above = candidate;
                }
            }
            if (above == null) {
                return "false: no issuer of " + at.getSubjectX500Principal();
            }
            at.verify(above.getPublicKey(), "BC");
            at = above;
        }
        return "false: the chain does not end";
    }

    private static X509Certificate certificate(byte[] bytes) throws Exception {
        try (InputStream stream = new ByteArrayInputStream(bytes)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509", "BC").generateCertificate(stream);
        }
    }
}
